import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import type { BoardRef, BoardSpec } from '../../roles/review-board.ts'
import type { BoardHttp } from './http.ts'
import { updateLabelConfig } from './label-config.ts'
import { Project, ProjectList, Storage, StorageList, View, ViewList } from './replies.ts'
import { refusalMark } from './task-data.ts'

type StoreSettings = ConnectionSettings['store']

/** A skip must count as done, or a single reviewer's queue waits for somebody else for ever. */
const projectSettings = {
  maximum_annotations: 1,
  skip_queue: 'IGNORE_SKIPPED',
  sampling: 'Sequential sampling',
  show_collab_predictions: true,
  enable_empty_annotation: true,
} as const

/** Creates or finds the project, the storage and the review tab, and brings the label config up to date. */
export async function prepareBoard(
  http: BoardHttp,
  store: StoreSettings,
  spec: BoardSpec,
  known: BoardRef | null,
): Promise<BoardRef> {
  const project =
    known === null
      ? ((await findProject(http, spec.title)) ?? (await createProject(http, spec)))
      : await http.call({ method: 'GET', path: `/api/projects/${known.projectId}/`, schema: Project })
  await updateLabelConfig(http, project, spec.labelConfig)
  if ((project.expert_instruction ?? '') !== spec.instruction) {
    const body = { expert_instruction: spec.instruction }
    await http.call({ method: 'PATCH', path: `/api/projects/${project.id}/`, body, schema: Project })
  }
  return {
    projectId: project.id,
    storageId: await ensureStorage(http, store, project.id, spec.bucket),
    viewId: await ensureReviewTab(http, project.id),
  }
}

/** Titles are not unique and the filter matches parts: compare, and take the oldest. */
async function findProject(http: BoardHttp, title: string): Promise<Project | null> {
  const parameters = new URLSearchParams({ title, page_size: '1000', ordering: 'id' })
  const path = `/api/projects/?${parameters.toString()}`
  const { results } = await http.call({ method: 'GET', path, schema: ProjectList })
  const exact = results.filter((project) => project.title === title)
  const oldest = exact.sort((a, b) => a.id - b.id)[0]
  if (oldest === undefined) return null
  return http.call({ method: 'GET', path: `/api/projects/${oldest.id}/`, schema: Project })
}

const createProject = (http: BoardHttp, { title, labelConfig, instruction }: BoardSpec): Promise<Project> =>
  http.call({
    method: 'POST',
    path: '/api/projects/',
    body: { ...projectSettings, title, label_config: labelConfig, expert_instruction: instruction },
    schema: Project,
  })

/**
 * An import storage that is never synced: it only resolves `s3://bucket/key`. The endpoint is left blank, because Label
 * Studio refuses loopback addresses there and takes its own `LABEL_STUDIO_S3_ENDPOINT` instead. Images are streamed through
 * Label Studio (`presign: false`), so that browsers need no way to the store.
 */
async function ensureStorage(
  http: BoardHttp,
  { region, accessKey, secretKey }: StoreSettings,
  projectId: number,
  bucket: string,
): Promise<number> {
  const path = `/api/storages/s3/?project=${projectId}`
  const storages = await http.call({ method: 'GET', path, schema: StorageList })
  const body = {
    project: projectId,
    title: 'understudy',
    bucket,
    s3_endpoint: '',
    region_name: region,
    aws_access_key_id: accessKey,
    aws_secret_access_key: secretKey,
    use_blob_urls: true,
    presign: false,
  }
  const found = storages.find((storage) => storage.bucket === bucket && !storage.prefix)
  const reply = await http.call(
    found === undefined
      ? { method: 'POST', path: '/api/storages/s3/', body, schema: Storage }
      : { method: 'PATCH', path: `/api/storages/s3/${found.id}`, body, schema: Storage },
  )
  return reply.id
}

/** What a reviewer does not need; the reason, the picture and what became of the task stay. */
const hidden = [
  'inner_id',
  'annotators',
  'annotations_results',
  'annotations_ids',
  'predictions_score',
  'predictions_model_versions',
  'predictions_results',
  'total_predictions',
  'file_upload',
  'storage_filename',
  'created_at',
  'updated_at',
  'updated_by',
  'avg_lead_time',
  'draft_exists',
  'data.al_uid',
  'data.image_id',
].map((column) => `tasks:${column}`)

const reviewTab = {
  title: 'Review queue',
  type: 'list',
  target: 'tasks',
  columnsDisplayType: { 'tasks:data.al_priority': 'Number' },
  hiddenColumns: { explore: hidden, labeling: hidden },
  filters: {
    conjunction: 'or',
    items: [
      { filter: 'filter:tasks:completed_at', operator: 'empty', type: 'Datetime', value: true },
      { filter: 'filter:tasks:data.refused', operator: 'contains', type: 'String', value: refusalMark },
    ],
  },
  ordering: ['-tasks:data.al_priority'],
} as const

/** Deleting the last task through the UI deletes every tab, so this is looked up each time. A tab that is there is left as people arranged it. */
async function ensureReviewTab(http: BoardHttp, projectId: number): Promise<number> {
  const path = `/api/dm/views/?project=${projectId}`
  const views = await http.call({ method: 'GET', path, schema: ViewList })
  const found = views.find(({ data }) => data?.title === reviewTab.title)
  if (found !== undefined) return found.id
  const body = { project: projectId, data: reviewTab }
  return (await http.call({ method: 'POST', path: '/api/dm/views/', body, schema: View })).id
}
