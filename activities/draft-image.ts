import type { DraftResult, GeminiActivities } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { DraftRecord } from '../domain/schemas/records/draft.ts'
import type { CurrentCall } from './current-call.ts'
import { recordAttempt } from './draft-attempts.ts'
import { draftRequestOf, refuseOtherPrompt, type ScaleForTeacher } from './draft-request.ts'
import type { Drafter, TeacherReply } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { resultOf, settleReply } from './settle-reply.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord } from './store/records.ts'
import { worstCaseUsdOf } from './teacher-prompt.ts'

export interface DraftImageDependencies {
  readonly store: ObjectStore
  readonly scale: ScaleForTeacher
  readonly now: () => Date
  readonly call: () => CurrentCall
  /** Throws TeacherKeyMissing when there is none. */
  readonly drafter: () => Drafter
}

type Input = Parameters<GeminiActivities['draftImage']>[0]

/**
 * Asks the teacher for one image, once, and keeps what came of it. Returns at once when the draft is there.
 * @throws AdapterError Teacher… codes; TeacherChanged when config and teacher have another prompt version than the plan
 */
export async function draftImage(
  { store, scale, now, call, drafter: teacher }: DraftImageDependencies,
  input: Input,
): Promise<DraftResult> {
  const { project, image, promptVersion } = input
  const known = await readRecord(store, storeKeys(project).draft(promptVersion, image), DraftRecord)
  if (known !== null) return resultOf(known, { usd: 0, tokens: 0, paid: false })

  const drafter = teacher()
  const { identity } = drafter
  const config = await loadConfig(store, input)
  refuseOtherPrompt(config, identity, promptVersion)
  const request = await draftRequestOf({ store, scale }, config, image)

  const { callId, signal } = call()
  const hasBudget = config.budget.perCycleUsd !== null
  const attempt = { store, ref: input, callId, now, hasBudget, worstCaseUsd: worstCaseUsdOf(config) }
  let reply: TeacherReply
  try {
    reply = await drafter.draft({ ...request, signal })
  } catch (error) {
    throw await recordAttempt(attempt, error, null)
  }
  return settleReply(reply, { attempt, config, identity, size: request.size, batch: false })
}
