import type { DraftResult, GeminiActivities } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { draftParts } from '../domain/draft-parts.ts'
import { DraftPartRecord, DraftRecord } from '../domain/schemas/records/draft.ts'
import { completeDraft } from './complete-draft.ts'
import type { CurrentCall } from './current-call.ts'
import { recordAttempt } from './draft-attempts.ts'
import { draftRequestOf, refuseOtherPrompt, type ScaleForTeacher } from './draft-request.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { DecodeMask } from './roles/mask-decoder.ts'
import type { Drafter, TeacherReply } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { resultOf, resultOfPart, settleReply } from './settle-reply.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord } from './store/records.ts'
import { draftShapeOf, worstCaseUsdOf } from './teacher-prompt.ts'
import type { TeacherPace } from './teacher-pace.ts'
import { withinTheDay } from './day-budget.ts'
import { endSharedUpload, sendPicture } from './uploads/sending-picture.ts'
import type { TeacherFiles } from './roles/teacher-files.ts'

export interface DraftImageDependencies {
  readonly store: ObjectStore
  readonly scale: ScaleForTeacher
  readonly decodeMask: DecodeMask
  readonly now: () => Date
  readonly pace: TeacherPace | undefined
  readonly call: () => CurrentCall
  /** Throws TeacherKeyMissing when there is none. */
  readonly drafter: () => Drafter
  /** Null: pictures go with the request. */
  readonly files: TeacherFiles | null
}

type Input = Parameters<GeminiActivities['draftImage']>[0]

/**
 * Asks the teacher for one image, once, and keeps what came of it. Returns at once when the draft, or this part of it, is
 * there.
 * @throws AdapterError Teacher… codes; TeacherChanged when config and teacher have another prompt version than the plan
 */
export async function draftImage(
  { store, scale, decodeMask, now, pace, call, drafter: teacher, files }: DraftImageDependencies,
  input: Input,
): Promise<DraftResult> {
  const { project, image, promptVersion, part: number } = input
  const keys = storeKeys(project)
  const known = await readRecord(store, keys.draft(promptVersion, image), DraftRecord)
  if (known !== null) return resultOf(known, { usd: 0, tokens: 0, paid: false })

  const drafter = teacher()
  const { identity } = drafter
  const config = await loadConfig(store, input)
  refuseOtherPrompt(config, identity, promptVersion)
  const part = number === undefined ? undefined : draftParts(draftShapeOf(config))[number]
  const {
    tile: _tile,
    imageSize: size,
    ...request
  } = await draftRequestOf({ store, scale }, config, image, part)
  if (number !== undefined) {
    const answered = await readRecord(store, keys.draftPart(promptVersion, image, number), DraftPartRecord)
    if (answered !== null) {
      const draft = await completeDraft(store, config, { image, promptVersion, size })
      return resultOfPart(draft, { usd: 0, tokens: 0, paid: false })
    }
  }

  const { callId, signal } = call()
  const hasBudget = config.budget.perCycleUsd !== null
  const startedAt = now().toISOString()
  const worstCaseUsd = worstCaseUsdOf(config)
  const attempt = { store, ref: input, callId, startedAt, now, hasBudget, worstCaseUsd }
  const { perDayUsd } = config.budget
  const reservation = { store, project, now, callId, startedAt, perDayUsd, worstCaseUsd }
  const uploads = files === null ? null : { store, files, now }
  const { questions, samples } = draftShapeOf(config)
  const isWhole = (part?.tile ?? 0) === 0
  const picture = {
    project,
    promptVersion,
    image,
    callId,
    signal,
    choice: config.teacher.uploads,
    imageBytes: request.imageBytes,
    mimeType: request.mimeType,
    times: isWhole ? questions * samples : 1,
  }
  const endUpload = () => endSharedUpload(uploads, { ...picture, times: questions * samples })
  const draft = await withinTheDay(reservation, async () => {
    const asked = now().getTime()
    let reply: TeacherReply
    try {
      reply = await sendPicture(uploads, picture, (fileUri) =>
        drafter.draft({ ...request, signal, ...(fileUri === null ? {} : { fileUri }) }),
      )
    } catch (error) {
      const failure = await recordAttempt(attempt, error, null)
      // Nobody asks about it again in this cycle, which may end right here.
      if (failure instanceof AdapterError && !failure.retryable) await endUpload()
      throw failure
    }
    const seconds = (now().getTime() - asked) / 1000
    const call = { attempt, config, identity, size, part: number, decodeMask, batch: false, seconds }
    const result = await settleReply(reply, call)
    if (result.status !== 'part') await endUpload()
    return result
  })
  await pace?.keepUp(config, promptVersion)
  return draft
}
