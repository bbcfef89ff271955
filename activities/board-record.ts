import { storeKeys } from '../domain/contracts/store-keys.ts'
import { BoardRecord } from '../domain/schemas/records/batch.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readRecord } from './store/records.ts'

const attempts = 5

/** The board's ids and how far its answers were read; null before the first batch. */
export const readBoard = (store: ObjectStore, project: string): Promise<BoardRecord | null> =>
  readRecord(store, storeKeys(project).board, BoardRecord)

/** Changes `board.json` by compare-and-set: posting and collecting may run at the same time, and neither may undo the other. */
export async function changeBoard(
  store: ObjectStore,
  project: string,
  change: (now: BoardRecord | null) => BoardRecord,
): Promise<BoardRecord> {
  const key = storeKeys(project).board
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const object = await store.get(key)
    const next = BoardRecord.parse(change(await readBoard(store, project)))
    const etag = object?.etag ?? null
    if (await store.putIfUnchanged(key, JSON.stringify(next), 'application/json', etag)) return next
  }
  throw new AdapterError('WriteConflict', `Somebody else keeps changing ${key}.`, { retryable: true })
}
