import { boardModelVersion } from '../../../domain/formats/label-studio.ts'
import type { NewTask } from '../../roles/review-board.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { BoardHttp } from './http.ts'
import { ImportReply, Project } from './replies.ts'
import { listTasks, taskFields } from './task-list.ts'

/** 100 uids keep the filter's URL well under 8 KB, and an import of 100 takes a quarter of a second. */
const chunkSize = 100

/**
 * Imports the tasks whose uid is not on the board; resolves to their number. Label Studio knows no duplicates, so it is asked
 * first: a repeated call adds nothing.
 */
export async function addMissingTasks(
  http: BoardHttp,
  projectId: number,
  tasks: readonly NewTask[],
): Promise<number> {
  let added = 0
  for (let start = 0; start < tasks.length; start += chunkSize) {
    const chunk = tasks.slice(start, start + chunkSize)
    const present = await presentUids(http, projectId, chunk)
    const missing = chunk.filter(({ uid }) => !present.has(uid))
    if (missing.length > 0) await importTasks(http, projectId, missing)
    added += missing.length
  }
  if (tasks.some(({ regions }) => regions.length > 0)) await showOurPredictions(http, projectId)
  return added
}

async function presentUids(
  http: BoardHttp,
  projectId: number,
  tasks: readonly NewTask[],
): Promise<Set<string>> {
  const value = tasks.map(({ uid }) => uid)
  const filters = [{ filter: 'filter:tasks:data.al_uid', operator: 'in_list', type: 'List', value }]
  const present = new Set<string>()
  for await (const { data } of listTasks(http, { projectId, filters, include: taskFields, pageSize: 500 })) {
    if (data.al_uid !== undefined) present.add(data.al_uid)
  }
  return present
}

async function importTasks(http: BoardHttp, projectId: number, tasks: readonly NewTask[]): Promise<void> {
  const body = tasks.map(({ uid, data, regions }) => ({
    data: { ...data, al_uid: uid },
    ...(regions.length === 0 ? {} : { predictions: [{ model_version: boardModelVersion, result: regions }] }),
  }))
  const drafts = tasks.filter(({ regions }) => regions.length > 0).length
  const reply = await http.call({
    method: 'POST',
    path: `/api/projects/${projectId}/import?return_task_ids=true`,
    body,
    schema: ImportReply,
    timeoutSeconds: 120,
  })
  if (reply.task_count !== tasks.length || reply.prediction_count !== drafts) {
    throw new AdapterError(
      'BoardRejected',
      `Label Studio took ${reply.task_count} tasks and ${reply.prediction_count} drafts; expected ${tasks.length} and ${drafts}.`,
      { retryable: false },
    )
  }
}

/** The editor pre-fills only from predictions of the version that the project names. */
async function showOurPredictions(http: BoardHttp, projectId: number): Promise<void> {
  const path = `/api/projects/${projectId}/`
  const { model_version: shown } = await http.call({ method: 'GET', path, schema: Project })
  if (shown === boardModelVersion) return
  await http.call({ method: 'PATCH', path, body: { model_version: boardModelVersion }, schema: Project })
}
