import { z } from 'zod'
import type { CoreActivities, DraftPlan } from '../domain/contracts/activities.ts'
import { draftChunkSize } from '../domain/contracts/draft-chunk-size.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { draftParts } from '../domain/draft-parts.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { CycleRecord } from '../domain/schemas/records/cycle.ts'
import { PromptRecord, PromptTrial } from '../domain/schemas/records/draft.ts'
import { sha256 } from '../domain/schemas/records/shared.ts'
import { cycleSpendUsd } from './cost.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import type { TeacherIdentity } from './roles/drafter.ts'
import { ledgerDay } from './store/ledger.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord, writeRecord, writeRecordOnce } from './store/records.ts'
import { draftShapeOf, promptRecordOf, worstCaseUsdOf } from './teacher-prompt.ts'
import type { TeacherPace } from './teacher-pace.ts'
import { findUndrafted } from './undrafted-images.ts'

export const ImageList = z.array(sha256)

/**
 * Lists what is to be drafted under today's prompt version, in chunks in the store, and what that may cost. `all`: also
 * training images that are answered already.
 */
export async function planDrafts(
  { store, pace }: { readonly store: ObjectStore; readonly pace: TeacherPace | undefined },
  identity: TeacherIdentity,
  { limit, all = false, pick, trial, ...ref }: Parameters<CoreActivities['planDrafts']>[0],
): Promise<DraftPlan> {
  const { project, cycle } = ref
  const keys = storeKeys(project)
  const config = await loadConfig(store, ref)
  refuseBatchesOnVertex(config, identity)
  const prompt = promptRecordOf(config, identity)
  const { promptVersion } = prompt
  await writeRecordOnce(store, keys.promptVersion(promptVersion), PromptRecord, prompt)

  const callsPerImage = draftParts(draftShapeOf(config)).length
  const { mode, batch } = config.teacher
  // A draft of several calls is asked for one by one: a job's answers are drafts, not parts.
  const inJobs = mode === 'batch' && callsPerImage === 1
  const undrafted = await findUndrafted(store, { project, promptVersion, all, pick })
  const { images, missing, answered } = undrafted
  await markTrial(
    store,
    { project, cycle, promptVersion },
    { isTrial: trial === true, drafts: undrafted.drafts },
  )
  if (missing.length > 0) await pace?.set(config, promptVersion)
  const chosen = limit === null ? missing : missing.slice(0, limit)
  const chunks = Math.ceil(chosen.length / draftChunkSize)
  for (let chunk = 1; chunk <= chunks; chunk += 1) {
    const part = chosen.slice((chunk - 1) * draftChunkSize, chunk * draftChunkSize)
    await writeRecord(store, keys.draftChunk(cycle, chunk), ImageList, part)
  }
  return {
    promptVersion,
    simulated: identity.endpoint === 'simulated',
    images,
    alreadyDrafted: images - missing.length - answered,
    ...(answered === 0 ? {} : { answered }),
    missing: chosen.length,
    chunks,
    ...(callsPerImage === 1 ? {} : { callsPerImage }),
    // What a job was stopped at may be billed, and its images are then asked for one by one.
    worstCaseUsdPerCall: worstCaseUsdOf(config) * (inJobs ? 1 + batch.priceShare : 1),
    budgetUsd: await budgetLeft(store, config, cycle),
    ...(inJobs ? { batchDeadlineHours: batch.deadlineHours } : {}),
  }
}

/** A version is on trial until a cycle that is none takes it into use; one that has drafts already stays what it is. */
async function markTrial(
  store: ObjectStore,
  { project, cycle, promptVersion }: { project: string; cycle: number; promptVersion: string },
  { isTrial, drafts }: { readonly isTrial: boolean; readonly drafts: number },
): Promise<void> {
  const key = storeKeys(project).promptTrial(promptVersion)
  if (!isTrial) await store.remove([key])
  else if (drafts === 0) await writeRecordOnce(store, key, PromptTrial, { v: 1, cycle })
}

/** Money left for a cycle, USD; null without a budget. Never below 0. */
async function budgetLeft(
  store: ObjectStore,
  { project, budget }: ProjectConfig,
  cycle: number,
): Promise<number | null> {
  if (budget.perCycleUsd === null) return null
  const opened = await readRecord(store, storeKeys(project).cycleFile(cycle, 'cycle.json'), CycleRecord)
  const sinceDay = opened === null ? null : ledgerDay(opened.startedAt)
  return Math.max(0, budget.perCycleUsd - (await cycleSpendUsd(store, project, { cycle, sinceDay })))
}

function refuseBatchesOnVertex({ teacher }: ProjectConfig, { platform }: TeacherIdentity): void {
  if (platform !== 'vertex' || teacher.mode !== 'batch') return
  throw new AdapterError('BadConfig', 'teacher.mode is batch, and Vertex AI takes no batch jobs from here.', {
    retryable: false,
    hint: 'Set teacher.mode to single in understudy.yaml, or use a key of the Gemini API.',
  })
}
