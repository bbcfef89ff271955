import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ImageSize, LabelledBox } from '../../../domain/box.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { BoardRef } from '../../roles/review-board.ts'
import { createBoardHttp, type BoardConnection, type BoardHttp } from './http.ts'
import { patchTaskData } from './note-refusal.ts'
import { Nothing, type Task } from './replies.ts'
import { correctedRegions, PredictedRegion } from './stand-in-regions.ts'
import { standInName } from './task-data.ts'
import { listTasks } from './task-list.ts'

export interface ImageTruth {
  readonly size: ImageSize
  readonly boxes: readonly LabelledBox[]
}

export interface StandInTask {
  /** `s3://bucket/key` */
  readonly imageUri: string
  /** SHA-256 of the source file. */
  readonly image: string
}

export interface StandInOptions {
  /** The published labels of an image; null where there are none: its task is left to a person. */
  readonly truth: (task: StandInTask) => ImageTruth | null | Promise<ImageTruth | null>
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, open: number) => void
}

export interface StandInReviewer {
  /** Answers every open task it has labels for; `left` are open still. Safe to repeat: answered tasks are left alone. */
  review(board: BoardRef, options: StandInOptions): Promise<{ submitted: number; left: number }>
}

/** The draft that the editor would start from: the newest prediction. */
const Prediction = z.object({ id: z.int(), result: z.array(z.unknown()) })
const TaskDetail = z.object({ predictions: z.array(Prediction) })

const fields = ['id', 'data', 'created_at', 'updated_at', 'total_annotations', 'cancelled_annotations']
const open = {
  filter: 'filter:tasks:completed_at',
  operator: 'empty',
  type: 'Datetime',
  value: true,
} as const

/** Nothing of Temporal's stands behind this one: a database that is locked for a moment must not end it. */
const toleratedFailures = 3

/**
 * Submits published labels through Label Studio's own API, exactly as the editor would. It stands in for a person in the demo
 * and in tests, and says so: in the task's `reviewed_by`, shown as a column, and in the review record's `standIn`.
 */
export function createStandInReviewer(connection: BoardConnection): StandInReviewer {
  const http = createBoardHttp(connection)
  return {
    async review({ projectId }, { truth, signal, onProgress }) {
      const tasks: Task[] = []
      const filters = [open]
      for await (const task of listTasks(http, { projectId, filters, include: fields, pageSize: 500 })) {
        if (task.data.al_uid !== undefined) tasks.push(task)
      }
      let submitted = 0
      let failuresInARow = 0
      for (const [index, task] of tasks.entries()) {
        signal?.throwIfAborted()
        const { image: imageUri = '', image_id: image = '' } = task.data
        const labels = await truth({ imageUri, image })
        const outcome = labels === null ? 'left' : await submit(http, projectId, task, labels)
        if (outcome === 'submitted') submitted += 1
        failuresInARow = outcome === 'failed' ? failuresInARow + 1 : 0
        if (failuresInARow > toleratedFailures) throw tooManyFailures()
        onProgress?.(index + 1, tasks.length)
      }
      return { submitted, left: tasks.length - submitted }
    },
  }
}

/** `left`: deleted meanwhile, or an earlier attempt of ours arrived after all. `failed`: the next review tries again. */
async function submit(
  http: BoardHttp,
  projectId: number,
  task: Task,
  labels: ImageTruth,
): Promise<'submitted' | 'left' | 'failed'> {
  try {
    await answer(http, projectId, task, labels)
    return 'submitted'
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    if (['NotFound', 'WriteConflict'].includes(error.code)) return 'left'
    if (error.retryable) return 'failed'
    throw error
  }
}

const tooManyFailures = (): AdapterError =>
  new AdapterError('BoardUnavailable', `Label Studio failed ${toleratedFailures + 1} times in a row.`, {
    retryable: true,
    hint: 'Look at understudy logs label-studio, then review again: nothing is submitted twice.',
  })

async function answer(
  http: BoardHttp,
  projectId: number,
  task: Task,
  { size, boxes }: ImageTruth,
): Promise<void> {
  const startedAt = new Date()
  // First the mark, then the answer: an answer must never stand there unmarked.
  await patchTaskData(http, task, { reviewed_by: standInName })
  const { predictions } = await http.call({
    method: 'GET',
    path: `/api/tasks/${task.id}/`,
    schema: TaskDetail,
  })
  const newest = predictions.toSorted((a, b) => b.id - a.id)[0]
  const draft = (newest?.result ?? []).flatMap((region) => {
    const parsed = PredictedRegion.safeParse(region)
    return parsed.success ? [parsed.data] : []
  })
  const body = {
    lead_time: (Date.now() - startedAt.getTime()) / 1000,
    result: correctedRegions(boxes, draft, size),
    draft_id: 0,
    parent_prediction: newest?.id ?? null,
    parent_annotation: null,
    started_at: startedAt.toISOString(),
    unique_id: uniqueId(`${projectId} ${task.data.al_uid ?? ''} ${task.created_at ?? ''}`),
    project: String(projectId),
  }
  const path = `/api/tasks/${task.id}/annotations?project=${projectId}`
  await http.call({ method: 'POST', path, body, schema: Nothing })
}

/** A UUID (version 8, custom) that is the same for the same task: Label Studio takes an answer with it once. */
function uniqueId(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
