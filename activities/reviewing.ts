import pMap from 'p-map'
import type { ReviewActivities, ReviewProgress } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { buildInstruction, buildLabelConfig } from '../domain/formats/label-studio-config.ts'
import { countReviews } from '../domain/review-counts.ts'
import { BatchLine, type BoardRecord } from '../domain/schemas/records/batch.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { keepAnswer, keepForeignAnswer } from './board-answers.ts'
import { changeBoard, readBoard } from './board-record.ts'
import { boardTask } from './board-task.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import type { BoardAnswer, BoardTask, ReviewBoard } from './roles/review-board.ts'
import { listBatches } from './store/batches.ts'
import { loadConfig } from './store/load-config.ts'
import { readLines, requireRecord } from './store/records.ts'

export interface ReviewingDependencies {
  readonly store: ObjectStore
  readonly board: ReviewBoard
}

const atOnce = 8

const nothingYet: ReviewProgress = {
  waiting: 0,
  accepted: 0,
  skipped: 0,
  refused: 0,
  withdrawn: 0,
  fresh: 0,
  boardUrl: '',
}

/** Queues images for people and brings back what they say. Every step may be repeated and leaves the same objects behind. */
export function createReviewingActivities({ store, board }: ReviewingDependencies): ReviewActivities {
  return {
    async prepareBoard(ref) {
      const { project, classes } = await loadConfig(store, ref)
      const known = await readBoard(store, project)
      const spec = {
        title: project,
        labelConfig: buildLabelConfig(classes.map(({ name }) => name)),
        instruction: buildInstruction(classes),
        bucket: bucketOf(store),
      }
      const prepared = await board.prepare(spec, known?.board ?? null)
      await changeBoard(store, project, (now) => ({ ...(now ?? emptyBoard), board: prepared }))
      return { boardUrl: board.url(prepared) }
    },

    async postBatch({ batch, ...ref }) {
      const { project, classes } = await loadConfig(store, ref)
      const keys = storeKeys(project)
      const lines = await readLines(store, keys.batch(batch), BatchLine)
      const record = await requireBoard(store, project)
      if (record.posted.includes(batch)) return { posted: 0, alreadyThere: lines.length }
      const names = classes.map(({ name }) => name)
      const tasks = await pMap(
        lines,
        async (line) => {
          const image = await requireRecord(store, keys.imageRecord(line.image), ImageRecord)
          const uri = store.uri(keys.imageBytes(image.image, image.extension))
          return boardTask(line, { image, uri, classes: names })
        },
        { concurrency: atOnce },
      )
      const posted = await board.addTasks(record.board, tasks)
      await changeBoard(store, project, (now) => {
        const current = now ?? record
        return { ...current, posted: [...new Set([...current.posted, batch])] }
      })
      return { posted, alreadyThere: lines.length - posted }
    },

    async collectReviews(ref) {
      const { project, classes } = await loadConfig(store, ref)
      const record = await readBoard(store, project)
      if (record === null) return nothingYet
      const names = classes.map(({ name }) => name)
      // Tasks before answers: whatever is counted as answered here is then surely collected below.
      const tasks = await board.tasks(record.board)
      const page = await board.answersSince(record.board, record.cursor)
      const lines = await linesByUid(store, project)

      const collected = await pMap(
        byTask(page.answers),
        ([task, answers]) => collectTask(store, project, { task, answers, lines, classes: names }),
        { concurrency: atOnce },
      )
      const changed = await changeBoard(store, project, (now) => {
        const current = now ?? record
        return { ...current, cursor: page.cursor, refused: refusedNow(current.refused, collected, tasks) }
      })
      await tellReviewers(board, changed, { tasks, lines })

      const posted = new Set(changed.posted)
      const uids = [...lines.values()].filter(({ batch }) => posted.has(batch)).map(({ uid }) => uid)
      return {
        ...countReviews(uids, tasks, new Set(Object.keys(changed.refused))),
        fresh: collected.reduce((sum, { fresh }) => sum + fresh, 0),
        boardUrl: board.url(record.board),
      }
    },
  }
}

const emptyBoard = { v: 1 as const, cursor: null, posted: [], refused: {} }

/** The store names objects `s3://bucket/key`. */
const bucketOf = (store: ObjectStore): string => new URL(store.uri('x')).host

async function requireBoard(store: ObjectStore, project: string): Promise<BoardRecord> {
  const record = await readBoard(store, project)
  if (record !== null) return record
  throw new AdapterError('NotFound', `The project ${project} has no board yet.`, {
    retryable: false,
    hint: 'prepareBoard makes it.',
  })
}

async function linesByUid(store: ObjectStore, project: string): Promise<Map<string, BatchLine>> {
  const found = new Map<string, BatchLine>()
  for await (const { lines } of listBatches(store, project)) {
    for (const line of lines) found.set(line.uid, line)
  }
  return found
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
  store: ObjectStore,
  project: string,
  collection: {
    task: string
    answers: readonly BoardAnswer[]
    lines: ReadonlyMap<string, BatchLine>
    classes: readonly string[]
  },
): Promise<CollectedTask> {
  const { task, answers, lines, classes } = collection
  const line = lines.get(task)
  let fresh = 0
  let refused: CollectedTask['refused'] = null
  for (const answer of answers) {
    const kept =
      line === undefined
        ? await keepForeignAnswer(store, project, answer)
        : await keepAnswer(store, project, answer, { line, classes })
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

/** Puts refused tasks back into the review tab with the reason above the image, and takes it away when it is mended. */
async function tellReviewers(
  board: ReviewBoard,
  record: BoardRecord,
  { tasks, lines }: { tasks: readonly BoardTask[]; lines: ReadonlyMap<string, BatchLine> },
): Promise<void> {
  for (const task of tasks) {
    if (task.uid === null || !lines.has(task.uid)) continue
    const refused = record.refused[task.uid]
    const note =
      refused === undefined
        ? ''
        : `Please look again: your answer could not be taken (${refused.note}). Check the boxes, then press Update.`
    if (note !== task.refusalNote) await board.noteRefusal(record.board, task, note)
  }
}
