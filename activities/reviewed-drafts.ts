import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { ReviewedDraft } from '../domain/metrics/edit-figures.ts'
import type { BatchLine } from '../domain/schemas/records/batch.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import type { ReviewRecord } from '../domain/schemas/records/review.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listBatches } from './store/batches.ts'
import { readsAtOnce, requireRecord } from './store/records.ts'
import { isImported, listReviews } from './store/reviews.ts'

export interface ReviewedDrafts {
  readonly reviewed: readonly ReviewedDraft[]
  /** The images of those. */
  readonly images: ReadonlySet<string>
  /** Reviewed images that had no draft. */
  readonly fromScratch: number
  readonly standIn: boolean
  readonly simulated: boolean
}

/** Every draft that a person was shown beside what that person accepted: the newest answer on each task. */
export async function reviewedDrafts(store: ObjectStore, project: string): Promise<ReviewedDrafts> {
  const answers = await newestAnswers(store, project)
  const shown: { line: BatchLine; review: ReviewRecord }[] = []
  let fromScratch = 0
  for await (const { lines } of listBatches(store, project)) {
    for (const line of lines) {
      const review = answers.get(line.uid)
      if (review === undefined) continue
      if (line.undrafted === true) fromScratch += 1
      else shown.push({ line, review })
    }
  }
  const reviewed = await pMap(
    shown,
    async ({ line, review }): Promise<ReviewedDraft> => {
      const { group } = await requireRecord(store, storeKeys(project).imageRecord(line.image), ImageRecord)
      return {
        group,
        stream: line.kind,
        draft: line.draft,
        review: review.boxes,
        reviewer: reviewerOf(review),
        seconds: review.leadTimeSeconds,
      }
    },
    { concurrency: readsAtOnce },
  )
  return {
    reviewed,
    images: new Set(shown.map(({ line }) => line.image)),
    fromScratch,
    standIn: shown.some(({ review }) => review.standIn === true),
    simulated: shown.some(({ line }) => line.simulatedTeacher === true),
  }
}

async function newestAnswers(store: ObjectStore, project: string): Promise<Map<string, ReviewRecord>> {
  const newest = new Map<string, ReviewRecord>()
  for await (const { review } of listReviews(store, project)) {
    if (isImported(review) || review.outcome !== 'accepted') continue
    const known = newest.get(review.uid)
    if (known === undefined || Date.parse(known.updatedAt) <= Date.parse(review.updatedAt))
      newest.set(review.uid, review)
  }
  return newest
}

/** Label Studio's number of the person: names and addresses stay there. */
function reviewerOf({ standIn, completedBy }: ReviewRecord): string {
  if (standIn === true) return 'stand-in'
  return completedBy === null ? 'unknown' : `user ${completedBy}`
}
