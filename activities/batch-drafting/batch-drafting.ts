import type { DraftBatchRef, DraftBatchSight, GeminiActivities } from '../../domain/contracts/activities.ts'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { DraftBatchRecord } from '../../domain/schemas/records/draft.ts'
import { refuseOtherPrompt } from '../draft-request.ts'
import { ImageList } from '../plan-drafts.ts'
import type { BatchDrafter } from '../roles/batch-drafter.ts'
import type { TeacherIdentity } from '../roles/drafter.ts'
import type { DecodeMask } from '../roles/mask-decoder.ts'
import { loadConfig } from '../store/load-config.ts'
import { readRecord, requireRecord, writeRecord } from '../store/records.ts'
import { settleReservation } from '../store/day-reservations.ts'
import { worstCaseUsdOf } from '../teacher-prompt.ts'
import { itemsOf, jobBudgetOf, plannedJobs, type JobSource } from './planned-jobs.ts'
import { nothingSettled, settleAnswers, type EndedJob, type Job } from './settle-answers.ts'

export interface BatchDraftingDependencies extends JobSource {
  readonly decodeMask: DecodeMask
  /** Throws TeacherKeyMissing when there is none. */
  readonly teacher: () => { readonly batches: BatchDrafter; readonly identity: TeacherIdentity }
}

export type BatchDraftingActivities = Pick<
  GeminiActivities,
  'submitDraftBatches' | 'lookAtDraftBatches' | 'endDraftBatches'
>

/** Drafts through the vendor's batch jobs: submitted once, looked at until they end, what they leave is told. */
export function createBatchDraftingActivities(deps: BatchDraftingDependencies): BatchDraftingActivities {
  return {
    submitDraftBatches: async (input) => submit(deps, input),
    lookAtDraftBatches: async (input) => look(deps, input, { end: false }),
    endDraftBatches: async (input) => look(deps, input, { end: true }),
  }
}

async function submit(
  { teacher, ...source }: BatchDraftingDependencies,
  input: Parameters<GeminiActivities['submitDraftBatches']>[0],
): Promise<{ jobs: number }> {
  const { batches, identity } = teacher()
  const config = await loadConfig(source.store, input)
  refuseOtherPrompt(config, identity, input.promptVersion)
  const record = await plannedJobs(source, config, input)
  const { model } = record
  for (const job of record.jobs) {
    if (job.job !== null || job.ended !== null) continue
    job.job =
      (await batches.find(model, job.name)) ??
      (await batches.submit(model, job.name, await itemsOf(source, config, job.images)))
    await keep(source, input, record)
  }
  return { jobs: record.jobs.length }
}

async function look(
  { teacher, decodeMask, ...source }: BatchDraftingDependencies,
  input: DraftBatchRef,
  { end }: { readonly end: boolean },
): Promise<DraftBatchSight> {
  const { store, now } = source
  const { project, cycle, chunk } = input
  const keys = storeKeys(project)
  const record = await readRecord(store, keys.draftBatches(cycle, chunk), DraftBatchRecord)
  if (record === null) {
    // Nothing was handed in: all of it is left.
    const left = await requireRecord(store, keys.draftChunk(cycle, chunk), ImageList)
    return { running: 0, ...nothingSettled, left, failures: [] }
  }
  const { batches, identity } = teacher()
  const { model } = record
  const config = await loadConfig(store, input)
  const plannedAt = record.plannedAt ?? now().toISOString()
  const context = { store, now, decodeMask, config, identity, input, plannedAt }
  const budget = jobBudgetOf(source, config, record.plannedAt)
  for (const job of record.jobs) {
    if (job.ended !== null) continue
    job.ended = await endingOf(job)
    if (job.ended === null) continue
    if (budget !== null) await settleReservation(budget, job.name, job.ended.counts.usd)
    await keep(source, input, record)
    if (job.job !== null) await batches.remove(model, job.job)
  }
  return sum(record)

  async function endingOf(job: Job): Promise<EndedJob | null> {
    const unanswered = { counts: nothingSettled, left: job.images, failures: [] }
    // What a job did before it was ended may be billed, and nobody tells: it counts as its worst case.
    const most = job.images.length * worstCaseUsdOf(config) * config.teacher.batch.priceShare
    const untold = { ...unanswered, counts: { ...nothingSettled, usd: most } }
    if (job.job === null) return end ? { state: 'not-submitted', reason: null, ...unanswered } : null
    const sight = await batches.look(model, job.job)
    if (sight.state === 'answered') {
      return { state: 'answered', reason: null, ...(await settleAnswers(context, job, sight.answers)) }
    }
    if (sight.state !== 'running') return { ...sight, ...(sight.state === 'failed' ? unanswered : untold) }
    if (!end) return null
    await batches.cancel(model, job.job)
    return { state: 'cancelled', reason: 'it was not done in time', ...untold }
  }
}

const keep = async (
  { store }: Pick<JobSource, 'store'>,
  { project, cycle, chunk }: DraftBatchRef,
  record: DraftBatchRecord,
): Promise<void> =>
  writeRecord(store, storeKeys(project).draftBatches(cycle, chunk), DraftBatchRecord, record)

function sum({ jobs, heldBack }: DraftBatchRecord): DraftBatchSight {
  const ended = jobs.flatMap((job) => (job.ended === null ? [] : [job.ended]))
  const total = (key: keyof typeof nothingSettled): number =>
    ended.reduce((before, { counts }) => before + counts[key], 0)
  return {
    running: jobs.length - ended.length,
    ok: total('ok'),
    partial: total('partial'),
    blocked: total('blocked'),
    usd: total('usd'),
    tokens: total('tokens'),
    left: ended.flatMap(({ left }) => left),
    failures: ended.flatMap(({ failures }) => failures),
    ...(heldBack === undefined ? {} : { heldBack }),
  }
}
