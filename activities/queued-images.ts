import type { BatchPlan } from '../domain/contracts/activities.ts'
import type { BatchKind, BatchPurpose } from '../domain/contracts/disagreement-kinds.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { BatchLine } from '../domain/schemas/records/batch.ts'
import { sha256Hex } from './content-hash.ts'
import { readBoard } from './board-record.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listBatches } from './store/batches.ts'
import { writeLinesOnce } from './store/records.ts'
import { answeredImages, latestReviews } from './store/reviews.ts'

/** A line before its batch has a number. */
export type PlannedLine = Omit<BatchLine, 'v' | 'batch' | 'cycle' | 'purpose' | 'uid'>

interface BatchOwner {
  readonly project: string
  readonly cycle: number
  readonly purpose: BatchPurpose
}

const uidLength = 20
const attempts = 5

/**
 * Makes the one batch that a cycle has for a purpose, or finds it when the cycle has made it already. `choose` is given the
 * images that must not be queued: those of any batch and those already reviewed. An image whose task somebody
 * deleted before it was answered may be queued again. The number is claimed by a conditional
 * write; who loses it looks again at what is queued by then. Fails with WriteConflict when it loses over and over.
 */
export async function queueOnce(
  store: ObjectStore,
  owner: BatchOwner,
  choose: (taken: ReadonlySet<string>) => Promise<readonly PlannedLine[]>,
): Promise<BatchPlan> {
  const { project, cycle, purpose } = owner
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const answered = await answeredImages(store, project)
    const withdrawn = new Set((await readBoard(store, project))?.withdrawn)
    const taken = new Set((await latestReviews(store, project)).keys())
    let batch = 1
    for await (const { batch: earlier, lines } of listBatches(store, project)) {
      if (lines.some((line) => line.cycle === cycle && line.purpose === purpose))
        return planOf(earlier, lines)
      for (const { image, uid } of lines) if (!withdrawn.has(uid) || answered.has(image)) taken.add(image)
      batch = Math.max(batch, earlier + 1)
    }
    const lines = (await choose(taken)).map((line): BatchLine => ({
      v: 1,
      batch,
      cycle,
      purpose,
      uid: uidOf(line.image, batch),
      ...line,
    }))
    if (lines.length === 0) return { batch: null, images: 0, byKind: {} }
    if (await writeLinesOnce(store, storeKeys(project).batch(batch), BatchLine, lines)) {
      return planOf(batch, lines)
    }
  }
  throw new AdapterError('WriteConflict', `Other batches of ${project} were queued at the same time.`, {
    retryable: true,
    hint: 'It is tried again.',
  })
}

const uidOf = (image: string, batch: number): string => sha256Hex(`${image} ${batch}`).slice(0, uidLength)

function planOf(batch: number, lines: readonly BatchLine[]): BatchPlan {
  const byKind: Partial<Record<BatchKind, number>> = {}
  for (const { kind } of lines) byKind[kind] = (byKind[kind] ?? 0) + 1
  return { batch, images: lines.length, byKind }
}
