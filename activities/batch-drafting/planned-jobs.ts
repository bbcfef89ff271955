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
import { ledgerDay } from '../store/ledger.ts'
import { readRecord, requireRecord, writeRecordOnce } from '../store/records.ts'
import { worstCaseUsdOf } from '../teacher-prompt.ts'
import { dealOut, reserveChunk, type JobBudget } from './job-reservations.ts'

/** Google takes 20 MB of requests with a job; pictures grow by a third in base64, and the prompt comes with each. */
const maxPictureBytes = 13 * 1024 * 1024

export interface JobSource {
  readonly store: ObjectStore
  readonly now: () => Date
  readonly scale: ScaleForTeacher
}

/**
 * The jobs of a chunk, decided once, with room for them in the day's budget: whoever comes again gets the same images in the same jobs under the same names. A
 * picture that is too big for any job makes one of its own, which the server refuses; it is then asked for alone.
 */
export async function plannedJobs(
  source: JobSource,
  config: ProjectConfig,
  input: DraftBatchRef & { readonly maxCalls: number | null },
): Promise<DraftBatchRecord> {
  const { project, cycle, chunk, promptVersion, maxCalls } = input
  const { store, now } = source
  const keys = storeKeys(project)
  const key = keys.draftBatches(cycle, chunk)
  const before = await readRecord(store, key, DraftBatchRecord)
  if (before !== null) return withRoom(source, config, input, before)
  const all = await requireRecord(store, keys.draftChunk(cycle, chunk), ImageList)
  const wanted = all.slice(0, maxCalls ?? all.length)
  const plannedAt = now().toISOString()
  const budget = jobBudgetOf(source, config, plannedAt)
  const room = budget === null ? wanted.length : await reserveChunk(budget, chunkId(input), wanted.length)
  const jobs: string[][] = []
  let bytesLeft = 0
  for (const image of wanted.slice(0, room)) {
    const { imageBytes } = await draftRequestOf(source, config, image)
    const last = jobs.at(-1)
    if (last === undefined || imageBytes.length > bytesLeft) {
      jobs.push([image])
      bytesLeft = maxPictureBytes - imageBytes.length
    } else {
      last.push(image)
      bytesLeft -= imageBytes.length
    }
  }
  const heldBack = wanted.length - room
  await writeRecordOnce(store, key, DraftBatchRecord, {
    v: 1,
    promptVersion,
    model: config.teacher.model,
    plannedAt,
    ...(heldBack === 0 ? {} : { heldBack }),
    jobs: jobs.map((images) => ({ name: jobName(input, images), images, job: null, ended: null })),
  })
  return withRoom(source, config, input, await requireRecord(store, key, DraftBatchRecord))
}

/** Each job has its own room in the day's budget before it is handed in. */
async function withRoom(
  source: JobSource,
  config: ProjectConfig,
  input: DraftBatchRef,
  record: DraftBatchRecord,
): Promise<DraftBatchRecord> {
  const budget = jobBudgetOf(source, config, record.plannedAt)
  if (budget !== null) await dealOut(budget, chunkId(input), record.jobs)
  return record
}

/** The day's budget as jobs see it; null without one. The day is that of the plan. */
export function jobBudgetOf(
  { store, now }: JobSource,
  config: ProjectConfig,
  plannedAt: string | undefined,
): JobBudget | null {
  const { project, budget, teacher } = config
  if (budget.perDayUsd === null || plannedAt === undefined) return null
  const usdPerImage = worstCaseUsdOf(config) * teacher.batch.priceShare
  return { store, project, now, day: ledgerDay(plannedAt), perDayUsd: budget.perDayUsd, usdPerImage }
}

const chunkId = ({ cycle, chunk }: DraftBatchRef): string => `jobs-of-cycle-${cycle}-part-${chunk}`

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
