import pMap from 'p-map'
import type { ReviewActivities, ReviewProgress } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { buildInstruction, buildLabelConfig } from '../domain/formats/label-studio-config.ts'
import { BatchLine, type BoardRecord } from '../domain/schemas/records/batch.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { changeBoard, readBoard } from './board-record.ts'
import { boardTask } from './board-task.ts'
import { collectReviews } from './collect-reviews.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import type { ReviewBoard } from './roles/review-board.ts'
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
      const { project, classes, task } = await loadConfig(store, ref)
      const known = await readBoard(store, project)
      const spec = {
        title: project,
        labelConfig: buildLabelConfig(
          classes.map(({ name }) => name),
          task,
        ),
        instruction: buildInstruction(classes, task),
        bucket: bucketOf(store),
      }
      const prepared = await board.prepare(spec, known?.board ?? null)
      await changeBoard(store, project, (now) => ({ ...(now ?? emptyBoard), board: prepared }))
      return { boardUrl: board.url(prepared) }
    },

    async postBatch({ batch, ...ref }) {
      const { project, classes, task } = await loadConfig(store, ref)
      const keys = storeKeys(project)
      const lines = await readLines(store, keys.batch(batch), BatchLine)
      const record = await requireBoard(store, project)
      if (record.posted.includes(batch)) return { posted: 0, alreadyThere: lines.length }
      const names = classes.map(({ name }) => name)
      // Most urgent first: "Label All Tasks" goes by the order in which tasks were added, not by the tab's.
      const tasks = await pMap(
        lines.toSorted((a, b) => b.priority - a.priority),
        async (line) => {
          const image = await requireRecord(store, keys.imageRecord(line.image), ImageRecord)
          const uri = store.uri(keys.imageBytes(image.image, image.extension))
          return boardTask(line, { image, uri, classes: names, task })
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
      const { project, classes, task } = await loadConfig(store, ref)
      const record = await readBoard(store, project)
      if (record === null) return nothingYet
      const names = classes.map(({ name }) => name)
      return collectReviews({ store, board, project, record, classes: names, task })
    },
  }
}

const emptyBoard = { v: 1 as const, cursor: null, posted: [], withdrawn: [], refused: {} }

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
