import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { createStandInReviewer, type StandInOptions } from './adapters/label-studio/stand-in-reviewer.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { readBoard } from './board-record.ts'

/**
 * The stand-in reviewer of the demo for a project's board. Resolves to null while there is no board yet; otherwise to how
 * many open tasks it answered.
 */
export const composeStandIn =
  (settings: ConnectionSettings, project: string) =>
  async (options: StandInOptions): Promise<{ submitted: number } | null> => {
    const record = await readBoard(createObjectStore(settings.store), project)
    if (record === null) return null
    return createStandInReviewer(settings.board).review(record.board, options)
  }
