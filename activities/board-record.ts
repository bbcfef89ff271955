import { storeKeys } from '../domain/contracts/store-keys.ts'
import { BoardRecord } from '../domain/schemas/records/batch.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readRecord, readRecordWithTag, writeRecordIfUnchanged } from './store/records.ts'

/** At most a post and a poll meet here, so losing five times in a row is a defect. */
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
    const now = await readRecordWithTag(store, key, BoardRecord)
    const next = change(now?.record ?? null)
    if (await writeRecordIfUnchanged(store, key, BoardRecord, next, now?.etag ?? null)) return next
  }
  throw new AdapterError('WriteConflict', `Somebody else keeps changing ${key}.`, { retryable: true })
}
