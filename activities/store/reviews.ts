import { pMapIterable } from 'p-map'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { ImportedReview, ReviewRecord, type AnyReview } from '../../domain/schemas/records/review.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readsAtOnce, requireRecord } from './records.ts'

export interface KeptReview {
  /** Store key of the record. */
  readonly key: string
  readonly review: AnyReview
}

/** Every review ever written, refused and skipped ones included, in order of the key. */
export async function* listReviews(store: ObjectStore, project: string): AsyncIterable<KeptReview> {
  yield* pMapIterable(
    store.list(storeKeys(project).reviews),
    async (key) => ({ key, review: await readReview(store, key) }),
    { concurrency: readsAtOnce },
  )
}

const readReview = async (store: ObjectStore, key: string): Promise<AnyReview> =>
  key.includes('/import-')
    ? requireRecord(store, key, ImportedReview)
    : requireRecord(store, key, ReviewRecord)

/** True for labels that were made elsewhere. */
export const isImported = (review: AnyReview): review is ImportedReview => 'imported' in review

/** True when the demo's stand-in reviewer answered: said wherever the review appears. */
export const isByStandIn = (review: AnyReview): boolean => !isImported(review) && review.standIn === true

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
  const { reviews } = storeKeys(project)
  async function* unread(): AsyncIterable<string> {
    for await (const key of store.list(reviews)) {
      const imported = importedImage(key.slice(reviews.length))
      if (imported === null) yield key
      // Imported labels are always accepted: a hundred thousand of them need not be read for that.
      else answered.add(imported)
    }
  }
  const read = pMapIterable(unread(), async (key) => readReview(store, key), { concurrency: readsAtOnce })
  for await (const review of read) if (review.outcome !== 'refused') answered.add(review.image)
  return answered
}

const importedImage = (key: string): string | null => /^([0-9a-f]{64})\/import-/.exec(key)?.[1] ?? null

function isNewer(a: AnyReview, b: AnyReview): boolean {
  const difference = Date.parse(a.updatedAt) - Date.parse(b.updatedAt)
  return difference === 0 ? numberOf(a) > numberOf(b) : difference > 0
}

/** What a person submitted here counts for more than labels from elsewhere of the same moment. */
const numberOf = (review: AnyReview): number => (isImported(review) ? -1 : review.annotationId)
