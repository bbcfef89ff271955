import type { DraftBatchRef } from '../../domain/contracts/activities.ts'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import type { ProjectConfig } from '../../domain/schemas/project-config.ts'
import { DraftBatchRecord } from '../../domain/schemas/records/draft.ts'
import { hashOf } from '../content-hash.ts'
import { draftRequestOf, type ScaleForTeacher } from '../draft-request.ts'
import { ImageList } from '../plan-drafts.ts'
import type { BatchItem } from '../roles/batch-drafter.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { requireRecord, writeRecordOnce } from '../store/records.ts'

/** Google takes 20 MB of requests with a job; pictures grow by a third in base64, and the prompt comes with each. */
const maxPictureBytes = 13 * 1024 * 1024

export interface JobSource {
  readonly store: ObjectStore
  readonly scale: ScaleForTeacher
}

/**
 * The jobs of a chunk, decided once: whoever comes again gets the same images in the same jobs under the same names. A
 * picture that is too big for any job makes one of its own, which the server refuses; it is then asked for alone.
 */
export async function plannedJobs(
  source: JobSource,
  config: ProjectConfig,
  input: DraftBatchRef & { readonly maxCalls: number | null },
): Promise<DraftBatchRecord> {
  const { project, cycle, chunk, promptVersion, maxCalls } = input
  const keys = storeKeys(project)
  const listed = await requireRecord(source.store, keys.draftChunk(cycle, chunk), ImageList)
  const jobs: string[][] = []
  let room = 0
  for (const image of listed.slice(0, maxCalls ?? listed.length)) {
    const { imageBytes } = await draftRequestOf(source, config, image)
    const last = jobs.at(-1)
    if (last === undefined || imageBytes.length > room) {
      jobs.push([image])
      room = maxPictureBytes - imageBytes.length
    } else {
      last.push(image)
      room -= imageBytes.length
    }
  }
  const key = keys.draftBatches(cycle, chunk)
  await writeRecordOnce(source.store, key, DraftBatchRecord, {
    v: 1,
    promptVersion,
    model: config.teacher.model,
    jobs: jobs.map((images) => ({ name: jobName(input, images), images, job: null, ended: null })),
  })
  return requireRecord(source.store, key, DraftBatchRecord)
}

/** The same images asked in another cycle are another job: they are asked again because the first one gave nothing. */
const jobName = ({ project, cycle, promptVersion }: DraftBatchRef, images: readonly string[]): string =>
  `understudy-${project}-${cycle}-${short(hashOf({ promptVersion, images }))}`

/** What a job asks, item by item, with the image as the key. */
export async function itemsOf(
  source: JobSource,
  config: ProjectConfig,
  images: readonly string[],
): Promise<BatchItem[]> {
  const items: BatchItem[] = []
  for (const image of images) {
    items.push({ key: image, request: await draftRequestOf(source, config, image) })
  }
  return items
}
