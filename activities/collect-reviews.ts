import pMap from 'p-map'
import type { ReviewProgress } from '../domain/contracts/activities.ts'
import { countReviews } from '../domain/review-counts.ts'
import type { BatchLine, BoardRecord } from '../domain/schemas/records/batch.ts'
import { keepAnswer, keepForeignAnswer } from './board-answers.ts'
import { changeBoard } from './board-record.ts'
import type { ObjectStore } from './roles/object-store.ts'
import type { BoardAnswer, BoardTask, ReviewBoard } from './roles/review-board.ts'
import { listBatches, queuedAgain } from './store/batches.ts'

export interface Collection {
  readonly store: ObjectStore
  readonly board: ReviewBoard
  readonly project: string
  readonly record: BoardRecord
  /** Class names of the config the answers are read under. */
  readonly classes: readonly string[]
  readonly task: 'detect' | 'segment'
}

const atOnce = 8

/**
 * Keeps every answer since the last poll and says where the queued images stand. A refused answer is kept with its reason,
 * counts as waiting, and is shown to the reviewer above the image, in the review tab.
 */
export async function collectReviews(collection: Collection): Promise<ReviewProgress> {
  const { store, board, project, record } = collection
  // Tasks before answers: whatever is counted as answered here is then surely collected below.
  const tasks = await board.tasks(record.board)
  const page = await board.answersSince(record.board, record.cursor)
  const lines = await linesByUid(store, project)

  const collected = await pMap(
    byTask(page.answers),
    ([task, answers]) => collectTask(collection, task, answers, lines.get(task)),
    { concurrency: atOnce },
  )
  // As of before the tasks were listed: one that is posted at this moment is not missing.
  const withdrawn = withdrawnNow(record.posted, tasks, lines)
  const changed = await changeBoard(store, project, (now) => {
    const current = now ?? record
    const refused = refusedNow(current.refused, collected, tasks)
    return { ...current, cursor: page.cursor, withdrawn, refused }
  })
  await tellReviewers(board, changed, tasks, lines)
  const isQueuedAgain = queuedAgain(lines.values())

  const posted = new Set(changed.posted)
  const gone = new Set(withdrawn)
  const uids = [...lines.values()].filter(
    (line) => posted.has(line.batch) && !(gone.has(line.uid) && isQueuedAgain(line)),
  )
  return {
    ...countReviews(
      uids.map(({ uid }) => uid),
      tasks,
      new Set(Object.keys(changed.refused)),
    ),
    fresh: collected.reduce((sum, { fresh }) => sum + fresh, 0),
    boardUrl: board.url(record.board),
  }
}

async function linesByUid(store: ObjectStore, project: string): Promise<Map<string, BatchLine>> {
  const found = new Map<string, BatchLine>()
  for await (const { lines } of listBatches(store, project)) {
    for (const line of lines) found.set(line.uid, line)
  }
  return found
}

/** Tasks of batches that were wholly posted and that are not on the board any more. */
function withdrawnNow(
  posted: readonly number[],
  tasks: readonly BoardTask[],
  lines: ReadonlyMap<string, BatchLine>,
): string[] {
  const there = new Set(tasks.map(({ uid }) => uid))
  return [...lines.values()]
    .filter(({ batch, uid }) => posted.includes(batch) && !there.has(uid))
    .map(({ uid }) => uid)
}

/** Our uid, or the task's own id for one that is none of ours. */
const nameOf = ({ uid, taskId }: { uid: string | null; taskId: number }): string => uid ?? `task-${taskId}`

/** Answers of one task together, oldest first: the newest decides whether a person must look again. */
function byTask(answers: readonly BoardAnswer[]): [string, BoardAnswer[]][] {
  const groups = Map.groupBy(answers, nameOf)
  const age = (a: BoardAnswer, b: BoardAnswer): number =>
    Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || a.annotationId - b.annotationId
  return [...groups].map(([task, group]) => [task, group.sort(age)])
}

interface CollectedTask {
  readonly task: string
  readonly fresh: number
  /** Null: the newest answer was taken. */
  readonly refused: { readonly annotationId: number; readonly note: string } | null
}

async function collectTask(
  { store, project, classes, task: kind }: Collection,
  task: string,
  answers: readonly BoardAnswer[],
  line: BatchLine | undefined,
): Promise<CollectedTask> {
  let fresh = 0
  let refused: CollectedTask['refused'] = null
  for (const answer of answers) {
    const kept =
      line === undefined
        ? await keepForeignAnswer(store, project, answer)
        : await keepAnswer(store, project, answer, { line, classes, task: kind })
    fresh += kept.fresh && line !== undefined ? 1 : 0
    refused = kept.refusal === null ? null : { annotationId: answer.annotationId, note: kept.refusal }
  }
  return { task, fresh, refused }
}

/** What was refused before and now, less what was answered anew, and less what is not answered any more: that waits anyway. */
function refusedNow(
  before: BoardRecord['refused'],
  collected: readonly CollectedTask[],
  tasks: readonly BoardTask[],
): BoardRecord['refused'] {
  const answered = new Set(tasks.filter((task) => task.answered).map(nameOf))
  const after = Object.fromEntries(Object.entries(before).filter(([name]) => answered.has(name)))
  for (const { task, refused } of collected) {
    if (refused === null) delete after[task]
    else after[task] = refused
  }
  return after
}

/** Label Studio keeps Update grey until something changes, hence the nudge; then it sends all boxes with the image's size. */
const refusalNote = (why: string): string =>
  `Please look again: your answer could not be taken (${why}). Mend the boxes, or nudge one if all are right, then press Update.`

/** Puts refused tasks back into the review tab with the reason above the image, and takes it away when it is mended. */
async function tellReviewers(
  board: ReviewBoard,
  record: BoardRecord,
  tasks: readonly BoardTask[],
  lines: ReadonlyMap<string, BatchLine>,
): Promise<void> {
  for (const task of tasks) {
    if (task.uid === null || !lines.has(task.uid)) continue
    const refused = record.refused[task.uid]
    const note = refused === undefined ? '' : refusalNote(refused.note)
    if (note !== task.refusalNote) await board.noteRefusal(record.board, task, note)
  }
}
