import type { DraftResult, GeminiActivities } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { short } from '../domain/contracts/workflow-ids.ts'
import { readGeminiReply } from '../domain/formats/gemini/read-reply.ts'
import { createClassTable } from '../domain/ontology.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { DraftRecord } from '../domain/schemas/records/draft.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { callUsd } from '../domain/teacher-cost.ts'
import type { CurrentCall } from './current-call.ts'
import { recordAttempt } from './draft-attempts.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { Drafter, TeacherReply } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadImage } from './store/image-bytes.ts'
import { writeLedgerEntry } from './store/ledger.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord, requireRecord, writeRecordOnce } from './store/records.ts'
import { promptRecordOf, teacherPromptOf, worstCaseUsdOf } from './teacher-prompt.ts'

/** Brings a picture down to a longest side; `activities/adapters/sharp/scale-for-teacher.ts`. */
export type ScaleForTeacher = (
  picture: { readonly encoded: Uint8Array } & Pick<ImageRecord, 'mimeType'> & {
      readonly size: { readonly width: number; readonly height: number }
    },
  longestSide: number,
) => Promise<Uint8Array>

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
 * Asks the teacher for one image, once, and keeps the bill, the reply and the draft, in this order: what was paid is
 * known even when the worker dies in between. Returns at once when the draft is there.
 * @throws AdapterError Teacher… codes; TeacherChanged when config and teacher have another prompt version than the plan
 */
export async function draftImage(
  { store, scale, now, call, drafter: teacher }: DraftImageDependencies,
  input: Input,
): Promise<DraftResult> {
  const { project, image, promptVersion } = input
  const keys = storeKeys(project)
  const known = await readRecord(store, keys.draft(promptVersion, image), DraftRecord)
  if (known !== null) return resultOf(known, { usd: 0, tokens: 0, paid: false })

  const drafter = teacher()
  const config = await loadConfig(store, input)
  refuseOtherPrompt(config, drafter, promptVersion)
  const record = await requireRecord(store, keys.imageRecord(image), ImageRecord)
  refuseQuarantined(record)
  const { width, height, mimeType } = record
  const size = { width, height }
  const imageBytes = await scale(
    { encoded: await loadImage(store, project, record), mimeType, size },
    config.teacher.imageSize,
  )

  const { callId, signal } = call()
  const prompt = teacherPromptOf(config)
  const hasBudget = config.budget.perCycleUsd !== null
  const attempt = { store, ref: input, callId, now, hasBudget, worstCaseUsd: worstCaseUsdOf(config) }
  let reply: TeacherReply
  try {
    reply = await drafter.draft({ imageBytes, mimeType, size, prompt, signal })
  } catch (error) {
    throw await recordAttempt(attempt, error, null)
  }
  const at = now().toISOString()
  const usd = callUsd(reply.usage, config.teacher.price)
  const { endpoint, vendor } = drafter.identity
  const { model } = prompt
  await writeLedgerEntry(store, project, {
    v: 1,
    callId,
    at,
    kind: 'draft',
    cycle: input.cycle,
    image,
    promptVersion,
    model,
    endpoint,
    usd,
    tokens: reply.usage,
  })
  const reading = readDraft(reply, config, size)
  if (reading.status === 'unreadable') {
    throw await recordAttempt(attempt, badReply(reading.reason), { usd, raw: reply.raw })
  }
  await store.put(keys.draftReply(promptVersion, image), JSON.stringify(reply.raw), 'application/json')
  const draft: DraftRecord = {
    v: 1,
    image,
    promptVersion,
    ...reading,
    usage: reply.usage,
    usd,
    callId,
    createdAt: at,
    teacher: { vendor, endpoint, model, modelVersion: reply.modelVersion },
  }
  await writeRecordOnce(store, keys.draft(promptVersion, image), DraftRecord, draft)
  const { prompt: asked, output, thoughts } = reply.usage
  return resultOf(draft, { usd, tokens: asked + output + thoughts, paid: true })
}

type DraftReading =
  | Pick<DraftRecord, 'status' | 'boxes' | 'faults' | 'blockReason'>
  | { readonly status: 'unreadable'; readonly reason: string }

/** What of a reply goes into a draft: a block is one without boxes; a reply without anything readable is none. */
function readDraft(
  reply: TeacherReply,
  { classes }: ProjectConfig,
  size: { readonly width: number; readonly height: number },
): DraftReading {
  switch (reply.kind) {
    case 'unusable':
      return { status: 'unreadable', reason: reply.reason }
    case 'blocked':
      return { status: 'blocked', boxes: [], faults: [], blockReason: reply.reason }
    case 'text': {
      const reading = readGeminiReply(reply, createClassTable(classes), size)
      if (reading.status === 'unreadable') return { status: 'unreadable', reason: reading.reason }
      const boxes = reading.boxes.map(({ class: name, xyxy: [x1, y1, x2, y2], score }) => ({
        class: name,
        xyxy: [x1, y1, x2, y2] satisfies [number, number, number, number],
        score,
      }))
      return { status: reading.status, boxes, faults: [...reading.faults], blockReason: null }
    }
  }
}

const resultOf = (
  { status, boxes }: DraftRecord,
  cost: Pick<DraftResult, 'usd' | 'tokens' | 'paid'>,
): DraftResult => ({ status, boxes: boxes.length, ...cost })

const badReply = (reason: string): AdapterError =>
  new AdapterError('TeacherBadReply', `Gemini's reply cannot be used: ${reason}.`, { retryable: true })

function refuseOtherPrompt(config: ProjectConfig, { identity }: Drafter, planned: string): void {
  const { promptVersion } = promptRecordOf(config, identity)
  if (promptVersion === planned) return
  const said = `prompt version ${short(promptVersion)} (${identity.endpoint}, ${config.teacher.model})`
  throw new AdapterError(
    'TeacherChanged',
    `The images were planned for prompt version ${short(planned)}, and this worker has ${said}.`,
    { retryable: false, hint: 'Start a new cycle: it plans for the teacher that the workers have now.' },
  )
}

function refuseQuarantined({ image, split }: ImageRecord): void {
  if (split !== 'quarantined') return
  throw new AdapterError('BadInput', `The image ${short(image)} is quarantined and is never drafted.`, {
    retryable: false,
  })
}
