import { AdapterError } from '../../errors/adapter-error.ts'
import type { BoardTask } from '../../roles/review-board.ts'
import type { BoardHttp } from './http.ts'
import { Nothing, type Task } from './replies.ts'
import { listTasks, taskFields } from './task-list.ts'

/** The task as it is now, with its raw data; null when it is gone or its id was given to another one. */
async function readTask(
  http: BoardHttp,
  projectId: number,
  { taskId, uid }: Pick<BoardTask, 'taskId' | 'uid'>,
): Promise<Task | null> {
  const filters = [{ filter: 'filter:tasks:id', operator: 'equal', type: 'Number', value: taskId }]
  for await (const task of listTasks(http, { projectId, filters, include: taskFields, pageSize: 1 })) {
    return (task.data.al_uid ?? null) === uid ? task : null
  }
  return null
}

/** Sets one entry of a task's data. Fails with NotFound when it is gone. An update replaces the data as a whole, so it is sent whole, with the image's raw address. */
export async function patchTaskData(
  http: BoardHttp,
  task: Task,
  entry: Readonly<Record<string, string>>,
): Promise<void> {
  const body = { data: { ...task.data, ...entry } }
  await http.call({ method: 'PATCH', path: `/api/tasks/${task.id}/`, body, schema: Nothing })
}

/** Shows a note above the image; the review tab lists tasks that have one. False when the task is gone. */
export async function noteRefusal(
  http: BoardHttp,
  projectId: number,
  task: BoardTask,
  note: string,
): Promise<boolean> {
  const now = await readTask(http, projectId, task)
  if (now === null) return false
  try {
    await patchTaskData(http, now, { refused: note })
    return true
  } catch (error) {
    if (error instanceof AdapterError && error.code === 'NotFound') return false
    throw error
  }
}
