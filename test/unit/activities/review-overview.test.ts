import { expect, it } from 'vitest'
import { reviewOverview } from '../../../activities/review-overview.ts'
import type { BoardTask } from '../../../activities/roles/review-board.ts'
import { writeLines, writeRecord } from '../../../activities/store/records.ts'
import type { BatchKind } from '../../../domain/contracts/disagreement-kinds.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { BatchLine, BoardRecord } from '../../../domain/schemas/records/batch.ts'
import { ReviewRecord } from '../../../domain/schemas/records/review.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const keys = storeKeys('blood')
const hash = (n: number): string => String(n).padStart(64, '0')
const uid = (n: number): string => String(n).padStart(20, '0')
const task = (n: number): BoardTask => ({
  taskId: n,
  uid: uid(n),
  answered: false,
  skipped: false,
  refusalNote: '',
})
const board = {
  url: ({ projectId }: { projectId: number }) => `http://board.test/${projectId}`,
  tasks: async () => [1, 2, 3, 4, 5].map(task),
}

const line = (n: number, kind: BatchKind): BatchLine => ({
  v: 1,
  batch: 1,
  cycle: 1,
  purpose: 'first',
  image: hash(n),
  uid: uid(n),
  kind,
  split: 'train',
  reason: 'why',
  probability: null,
  priority: 1,
  draft: [],
})

const review = (n: number, outcome: ReviewRecord['outcome'], minute: number): ReviewRecord => ({
  v: 1,
  image: hash(n),
  uid: uid(n),
  batch: 1,
  annotationId: n * 10 + minute,
  taskId: n,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: `2026-01-01T00:0${minute}:00Z`,
  outcome,
  refusal: outcome === 'refused' ? { code: 'image-not-loaded', detail: '' } : null,
  boxes: [],
  notes: [],
  leadTimeSeconds: null,
  completedBy: null,
})

it('counts what waits by the reason for queueing; a refused answer waits again, its correction does not', async () => {
  const store = createMemoryObjectStore()
  await writeLines(store, keys.batch(1), BatchLine, [
    line(1, 'audit'),
    line(2, 'audit'),
    line(3, 'ranked'),
    line(4, 'ranked'),
    line(5, 'held-out'),
  ])
  const answers = [
    review(1, 'accepted', 1),
    review(2, 'refused', 1),
    review(3, 'refused', 1),
    review(3, 'accepted', 2),
    review(4, 'skipped', 1),
  ]
  for (const answer of answers) {
    const key = keys.review(answer.image, answer.annotationId, answer.updatedAt)
    await writeRecord(store, key, ReviewRecord, answer)
  }
  await writeRecord(store, keys.board, BoardRecord, {
    v: 1,
    board: { projectId: 7, storageId: 1, viewId: 2 },
    cursor: null,
    posted: [],
    withdrawn: [],
    refused: {},
  })
  expect(await reviewOverview(store, board, 'blood')).toEqual({
    boardUrl: 'http://board.test/7',
    batches: 1,
    queued: 5,
    accepted: 2,
    skipped: 1,
    refused: 1,
    withdrawn: 0,
    waiting: { audit: 1, 'held-out': 1 },
  })
})

it('does not wait for images whose task was deleted, nor miss those that are not posted yet', async () => {
  const store = createMemoryObjectStore()
  await writeLines(store, keys.batch(1), BatchLine, [line(5, 'held-out'), line(6, 'audit'), line(7, 'audit')])
  await writeLines(store, keys.batch(2), BatchLine, [{ ...line(8, 'ranked'), batch: 2 }])
  await writeRecord(store, keys.board, BoardRecord, {
    v: 1,
    board: { projectId: 7, storageId: 1, viewId: 2 },
    cursor: null,
    posted: [1],
    withdrawn: [],
    refused: {},
  })
  const deletedAfterAnswer = review(7, 'accepted', 1)
  const { image, annotationId, updatedAt } = deletedAfterAnswer
  await writeRecord(store, keys.review(image, annotationId, updatedAt), ReviewRecord, deletedAfterAnswer)
  expect(await reviewOverview(store, board, 'blood')).toMatchObject({
    queued: 4,
    accepted: 1,
    withdrawn: 1,
    waiting: { 'held-out': 1, ranked: 1 },
  })
})

it('counts an image whose task was deleted once it is queued again, and once only', async () => {
  const store = createMemoryObjectStore()
  const again = { ...line(6, 'audit'), batch: 2, uid: line(5, 'audit').uid }
  await writeLines(store, keys.batch(1), BatchLine, [line(6, 'audit')])
  await writeLines(store, keys.batch(2), BatchLine, [again])
  await writeRecord(store, keys.board, BoardRecord, {
    v: 1,
    board: { projectId: 7, storageId: 1, viewId: 2 },
    cursor: null,
    posted: [1, 2],
    withdrawn: [],
    refused: {},
  })
  expect(await reviewOverview(store, board, 'blood')).toMatchObject({
    queued: 1,
    batches: 2,
    withdrawn: 0,
    waiting: { audit: 1 },
  })
})

it('knows no page before the first batch', async () => {
  expect(await reviewOverview(createMemoryObjectStore(), board, 'blood')).toMatchObject({
    boardUrl: null,
    queued: 0,
    waiting: {},
  })
})
