import type { CycleRef } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { AttemptRecord } from '../domain/schemas/records/attempt.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { requireRecord, writeRecord } from './store/records.ts'

export interface Attempt {
  readonly store: ObjectStore
  readonly ref: CycleRef & { readonly image: string; readonly promptVersion: string; readonly part?: number }
  readonly callId: string
  /** When the call began, ISO: its bill belongs to this day. */
  readonly startedAt: string
  readonly now: () => Date
  /** With a budget, one call was reserved for this and there is no second. */
  readonly hasBudget: boolean
  /** What a billed call counts for when its bill never came, USD. */
  readonly worstCaseUsd: number
}

/** Failures of calls that are, or may have been, billed. */
const billed: ReadonlySet<string> = new Set(['TeacherBadReply', 'TeacherTimeout'])

/** Billed calls that an image, or a part of it, may have in one cycle without a budget: a bad reply is worth one more try, not a night's. */
const billedCallsPerCycle = 2

/**
 * Keeps a call that gave no draft, and returns the failure to throw: a billed one is not retried for ever. What is not a
 * failure of the call (a cancelled activity) is returned as it is and not kept.
 */
export async function recordAttempt(
  { store, ref, callId, now, hasBudget, worstCaseUsd }: Attempt,
  error: unknown,
  answer: { readonly usd: number; readonly raw: unknown } | null,
): Promise<unknown> {
  if (!(error instanceof AdapterError)) return error
  const { project, cycle, image, promptVersion, part } = ref
  const { code, message } = error
  const key = storeKeys(project).attempt(promptVersion, image, callId)
  const base = { v: 1 as const, callId, image, promptVersion, cycle, at: now().toISOString(), code, message }
  await writeRecord(store, key, AttemptRecord, {
    ...base,
    usd: answer?.usd ?? (billed.has(code) ? null : 0),
    ...(part === undefined ? {} : { part }),
    ...(answer === null ? {} : { reply: answer.raw }),
  })
  if (!billed.has(code)) return error
  const allowed = hasBudget ? 1 : billedCallsPerCycle
  const retryable = error.retryable && (await billedCalls(store, ref)) < allowed
  return billedFailure(error, { retryable, spentUsd: answer?.usd ?? worstCaseUsd })
}

async function billedCalls(store: ObjectStore, ref: Attempt['ref']): Promise<number> {
  const { project, cycle, image, promptVersion, part } = ref
  let count = 0
  for await (const key of store.list(storeKeys(project).attemptsOf(promptVersion, image))) {
    const attempt = await requireRecord(store, key, AttemptRecord)
    if (attempt.cycle === cycle && attempt.part === part && billed.has(attempt.code)) count += 1
  }
  return count
}

const billedFailure = (
  { code, message, hint }: AdapterError,
  options: { readonly retryable: boolean; readonly spentUsd: number },
): AdapterError =>
  new AdapterError(code, message, {
    ...options,
    hint: hint ?? 'An image without a draft is tried again in the next cycle.',
  })
