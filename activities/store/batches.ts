import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { BatchLine } from '../../domain/schemas/records/batch.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readLines } from './records.ts'

/** Every batch ever queued, oldest first, each with all its lines. */
export async function* listBatches(
  store: ObjectStore,
  project: string,
): AsyncIterable<{ batch: number; lines: BatchLine[] }> {
  const { batches } = storeKeys(project)
  for await (const key of store.list(batches)) {
    const number = /(\d+)\.jsonl$/.exec(key.slice(batches.length))?.[1]
    if (number !== undefined) yield { batch: Number(number), lines: await readLines(store, key, BatchLine) }
  }
}

/** Says of a line whether its image was queued once more in a later batch. */
export function queuedAgain(lines: Iterable<BatchLine>): (line: BatchLine) => boolean {
  const newest = new Map<string, number>()
  for (const { image, batch } of lines) newest.set(image, Math.max(batch, newest.get(image) ?? 0))
  return ({ image, batch }) => batch < (newest.get(image) ?? 0)
}
