import { pMapIterable } from 'p-map'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { ReviewRecord } from '../../domain/schemas/records/review.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readsAtOnce, requireRecord } from './records.ts'

export interface KeptReview {
  /** Store key of the record. */
  readonly key: string
  readonly review: ReviewRecord
}

/** Every review ever written, refused and skipped ones included, in order of the key. */
export async function* listReviews(store: ObjectStore, project: string): AsyncIterable<KeptReview> {
  yield* pMapIterable(
    store.list(storeKeys(project).reviews),
    async (key) => ({ key, review: await requireRecord(store, key, ReviewRecord) }),
    { concurrency: readsAtOnce },
  )
}

/**
 * What people hold to be true: for each image its newest `accepted` review by `updatedAt`. A later skip or refusal takes
 * nothing back. Images that nobody accepted are not in it.
 */
export async function latestReviews(store: ObjectStore, project: string): Promise<Map<string, KeptReview>> {
  const latest = new Map<string, KeptReview>()
  for await (const kept of listReviews(store, project)) {
    if (kept.review.outcome !== 'accepted') continue
    const other = latest.get(kept.review.image)
    if (!other || isNewer(kept.review, other.review)) latest.set(kept.review.image, kept)
  }
  return latest
}

/** Images that somebody has answered for good: accepted or skipped. A refused answer waits to be mended. */
export async function answeredImages(store: ObjectStore, project: string): Promise<Set<string>> {
  const answered = new Set<string>()
  for await (const { review } of listReviews(store, project)) {
    if (review.outcome !== 'refused') answered.add(review.image)
  }
  return answered
}

function isNewer(a: ReviewRecord, b: ReviewRecord): boolean {
  const difference = Date.parse(a.updatedAt) - Date.parse(b.updatedAt)
  return difference === 0 ? a.annotationId > b.annotationId : difference > 0
}
