import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import type { BoardAnswer, BoardPage, BoardTask, ReviewBoard } from '../../roles/review-board.ts'
import { addMissingTasks } from './add-tasks.ts'
import { createBoardHttp, type BoardHttp } from './http.ts'
import { Nothing, Version, type Task } from './replies.ts'
import { prepareBoard } from './set-up.ts'
import { noteRefusal } from './note-refusal.ts'
import { standInName } from './task-data.ts'
import { listTasks, taskFields, type TaskFilter } from './task-list.ts'

export interface ReviewBoardSettings {
  readonly url: string
  readonly token: string
  readonly store: ConnectionSettings['store']
}

const answerFields = [
  'annotations',
  'result',
  'was_cancelled',
  'created_at',
  'completed_by',
  'lead_time',
] as const
/** A change that was being written while we read may carry an older stamp than one we saw. */
const overlapMs = 60_000

/** Label Studio as our review board: 1.23, Community, hand-written calls (it has no JavaScript client). */
export function createReviewBoard({ url, token, store }: ReviewBoardSettings): ReviewBoard {
  const http = createBoardHttp({ url, token })
  return {
    prepare: (spec, known) => prepareBoard(http, store, spec, known),
    addTasks: ({ projectId }, tasks) => addMissingTasks(http, projectId, tasks),
    answersSince: ({ projectId }, cursor) => answersSince(http, projectId, cursor),
    tasks: ({ projectId }) => allTasks(http, projectId),
    noteRefusal: ({ projectId }, task, note) => noteRefusal(http, projectId, task, note),
    url: ({ projectId, viewId }) => `${url.replace(/\/+$/, '')}/projects/${projectId}/data?tab=${viewId}`,
    async check() {
      await http.call({ method: 'GET', path: '/api/current-user/whoami', schema: Nothing })
      return (await http.call({ method: 'GET', path: '/api/version', schema: Version })).release
    },
  }
}

/** One query gives tasks with all their answers, skipped ones too. */
async function answersSince(http: BoardHttp, projectId: number, cursor: string | null): Promise<BoardPage> {
  const filters: TaskFilter[] = []
  if (cursor !== null) {
    const value = new Date(Date.parse(cursor) - overlapMs).toISOString()
    filters.push({ filter: 'filter:tasks:updated_at', operator: 'greater', type: 'Datetime', value })
  }
  const include = [...taskFields, ...answerFields]
  const answers: BoardAnswer[] = []
  let newest = cursor
  for await (const task of listTasks(http, { projectId, filters, include, pageSize: 100 })) {
    answers.push(...answersOf(task))
    if (newest === null || Date.parse(task.updated_at) > Date.parse(newest)) newest = task.updated_at
  }
  return { answers, cursor: newest }
}

const answersOf = ({ id: taskId, data, annotations = [] }: Task): BoardAnswer[] =>
  annotations.map((annotation) => ({
    taskId,
    uid: data.al_uid ?? null,
    annotationId: annotation.id,
    result: annotation.result ?? [],
    skipped: annotation.was_cancelled,
    createdAt: annotation.created_at,
    updatedAt: annotation.updated_at,
    leadTimeSeconds: annotation.lead_time ?? null,
    completedBy: annotation.completed_by ?? null,
    standIn: data.reviewed_by === standInName,
  }))

async function allTasks(http: BoardHttp, projectId: number): Promise<BoardTask[]> {
  const tasks: BoardTask[] = []
  for await (const task of listTasks(http, { projectId, filters: [], include: taskFields, pageSize: 1000 })) {
    tasks.push({
      taskId: task.id,
      uid: task.data.al_uid ?? null,
      answered: task.total_annotations + task.cancelled_annotations > 0,
      skipped: task.total_annotations === 0 && task.cancelled_annotations > 0,
      refusalNote: task.data.refused ?? '',
    })
  }
  return tasks
}
