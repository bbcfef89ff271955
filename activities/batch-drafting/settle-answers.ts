import type { DraftBatchRef } from '../../domain/contracts/activities.ts'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import type { ProjectConfig } from '../../domain/schemas/project-config.ts'
import type { DraftBatchRecord } from '../../domain/schemas/records/draft.ts'
import { ImageRecord } from '../../domain/schemas/records/image.ts'
import { AdapterError } from '../errors/adapter-error.ts'
import type { BatchAnswer } from '../roles/batch-drafter.ts'
import type { TeacherIdentity } from '../roles/drafter.ts'
import type { DecodeMask } from '../roles/mask-decoder.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { settleReply } from '../settle-reply.ts'
import { requireRecord } from '../store/records.ts'
import { worstCaseUsdOf } from '../teacher-prompt.ts'

export type Job = DraftBatchRecord['jobs'][number]
export type EndedJob = NonNullable<Job['ended']>

export interface SettlingContext {
  readonly store: ObjectStore
  readonly now: () => Date
  readonly decodeMask: DecodeMask
  readonly config: ProjectConfig
  readonly identity: TeacherIdentity
  readonly input: DraftBatchRef
  /** When the jobs were planned, ISO. */
  readonly plannedAt: string
}

export const nothingSettled = { ok: 0, partial: 0, blocked: 0, usd: 0, tokens: 0 }

/**
 * Keeps every answer of a job as a draft, with its bill. An image without an answer is left for a single call; so is one
 * whose answer cannot be read, as often as billed calls are allowed.
 */
export async function settleAnswers(
  context: SettlingContext,
  { name, images }: Job,
  answers: readonly BatchAnswer[],
): Promise<Omit<EndedJob, 'state' | 'reason'>> {
  const byImage = new Map(answers.map((answer) => [answer.key, answer]))
  const counts = { ...nothingSettled }
  const left: string[] = []
  const failures: { image: string; code: string }[] = []
  for (const image of images) {
    const answer = byImage.get(image)
    if (answer === undefined || !answer.ok) {
      left.push(image)
      continue
    }
    try {
      const { status, usd, tokens } = await settleOne(context, { image, name, answer })
      // A job's drafts are made of one call each: none of them is a part.
      if (status !== 'part') counts[status] += 1
      counts.usd += usd
      counts.tokens += tokens
    } catch (error) {
      if (!(error instanceof AdapterError) || error.code !== 'TeacherBadReply') throw error
      counts.usd += error.spentUsd
      if (error.retryable) left.push(image)
      else failures.push({ image, code: error.code })
    }
  }
  return { counts, left, failures }
}

async function settleOne(
  { store, now, decodeMask, config, identity, input, plannedAt }: SettlingContext,
  told: {
    readonly image: string
    readonly name: string
    readonly answer: BatchAnswer & { readonly ok: true }
  },
) {
  const { image, name, answer } = told
  const { width, height } = await requireRecord(
    store,
    storeKeys(input.project).imageRecord(image),
    ImageRecord,
  )
  const attempt = {
    store,
    ref: { ...input, image },
    // The same answer read twice is the same bill.
    callId: `${name}-${short(image)}`,
    startedAt: plannedAt,
    now,
    hasBudget: config.budget.perCycleUsd !== null,
    worstCaseUsd: worstCaseUsdOf(config),
  }
  return settleReply(answer.reply, {
    attempt,
    config,
    identity,
    size: { width, height },
    decodeMask,
    batch: true,
  })
}
