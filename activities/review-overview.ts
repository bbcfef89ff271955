import type { BatchKind } from '../domain/contracts/disagreement-kinds.ts'
import type { BatchLine } from '../domain/schemas/records/batch.ts'
import { readBoard } from './board-record.ts'
import type { ObjectStore } from './roles/object-store.ts'
import type { ReviewBoard } from './roles/review-board.ts'
import { listBatches, queuedAgain } from './store/batches.ts'
import { isImported, listReviews } from './store/reviews.ts'

export interface ReviewOverview {
  /** Page a person opens to review; null before the first batch. */
  readonly boardUrl: string | null
  /** Images queued so far, in how many batches. */
  readonly queued: number
  readonly batches: number
  readonly accepted: number
  readonly skipped: number
  /** Queued and not yet answered, by the reason for queueing. Answers that were refused count as waiting. */
  readonly waiting: Partial<Record<BatchKind, number>>
  /** Of the newest answers, how many were refused and need a second look. */
  readonly refused: number
  /** Their tasks were deleted on the board before they were answered, and they are not queued again yet. */
  readonly withdrawn: number
}

/**
 * What is queued for people and what they have answered, as far as their answers have been collected into the store.
 * @throws AdapterError Board… codes
 */
export async function reviewOverview(
  store: ObjectStore,
  board: Pick<ReviewBoard, 'url' | 'tasks'>,
  project: string,
): Promise<ReviewOverview> {
  const newest = new Map<string, { outcome: 'accepted' | 'skipped' | 'refused'; updatedAt: string }>()
  for await (const { review } of listReviews(store, project)) {
    if (isImported(review)) continue
    const known = newest.get(review.uid)
    if (known === undefined || Date.parse(known.updatedAt) <= Date.parse(review.updatedAt))
      newest.set(review.uid, review)
  }
  const record = await readBoard(store, project)
  const posted = new Set(record?.posted)
  const onBoard = new Set(record === null ? [] : (await board.tasks(record.board)).map((task) => task.uid))
  const waiting: Partial<Record<BatchKind, number>> = {}
  const count = { accepted: 0, skipped: 0, refused: 0, withdrawn: 0, queued: 0, batches: 0 }
  const all: BatchLine[] = []
  for await (const { lines } of listBatches(store, project)) {
    count.batches += 1
    all.push(...lines)
  }
  const isQueuedAgain = queuedAgain(all)
  for (const line of all) {
    const { uid, kind, batch } = line
    const outcome = newest.get(uid)?.outcome
    const isOpen = outcome === undefined || outcome === 'refused'
    const isWithdrawn = isOpen && posted.has(batch) && !onBoard.has(uid)
    if (isWithdrawn && isQueuedAgain(line)) continue
    count.queued += 1
    if (isWithdrawn) {
      count.withdrawn += 1
      continue
    }
    if (outcome !== undefined) count[outcome] += 1
    if (isOpen) waiting[kind] = (waiting[kind] ?? 0) + 1
  }
  return { ...count, waiting, boardUrl: record === null ? null : board.url(record.board) }
}
