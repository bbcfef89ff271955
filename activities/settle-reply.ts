import { boxHeight, boxWidth, type ImageSize } from '../domain/box.ts'
import type { DraftResult } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { draftParts } from '../domain/draft-parts.ts'
import { inImage } from '../domain/merge-tiles.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { DraftPartRecord, DraftRecord } from '../domain/schemas/records/draft.ts'
import { tilesOf } from '../domain/tiles.ts'
import { callUsd } from '../domain/teacher-cost.ts'
import { isVersionOf } from '../domain/teacher-models.ts'
import { completeDraft } from './complete-draft.ts'
import { recordAttempt, type Attempt } from './draft-attempts.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { DecodeMask } from './roles/mask-decoder.ts'
import { readDraft } from './read-draft.ts'
import type { TeacherIdentity, TeacherReply } from './roles/drafter.ts'
import { writeLedgerEntry } from './store/ledger.ts'
import { writeRecordOnce } from './store/records.ts'
import { storedBox } from './stored-box.ts'
import { draftShapeOf } from './teacher-prompt.ts'

export interface AnsweredCall {
  /** The call and the image it was about. */
  readonly attempt: Attempt
  readonly config: ProjectConfig
  readonly identity: TeacherIdentity
  /** Displayed pixels of the whole image. */
  readonly size: ImageSize
  /** Number of the call, from 0, where a draft takes several; left out: it takes one. */
  readonly part?: number | undefined
  readonly decodeMask: DecodeMask
  /** True for an answer of a batch job: billed at a share of the list price. */
  readonly batch: boolean
  /** How long the teacher took; left out for a job's answer. */
  readonly seconds?: number
}

/**
 * Keeps the bill, the reply and the draft, in this order: what was paid is known even when the worker dies in between.
 * The same call keeps the same objects.
 * @throws AdapterError TeacherBadReply when nothing can be read out of the reply, which is then an attempt
 */
export async function settleReply(reply: TeacherReply, call: AnsweredCall): Promise<DraftResult> {
  const { attempt, config, identity, size, part: number, decodeMask, batch, seconds } = call
  const { store, ref, callId, startedAt, now } = attempt
  const { project, cycle, image, promptVersion } = ref
  const keys = storeKeys(project)
  const { model } = config.teacher
  const { endpoint, vendor } = identity
  const usd = callUsd(reply.usage, config.teacher.price) * (batch ? config.teacher.batch.priceShare : 1)
  await writeLedgerEntry(store, project, {
    v: 1,
    callId,
    at: startedAt,
    kind: 'draft',
    cycle,
    image,
    promptVersion,
    model,
    endpoint,
    usd,
    tokens: reply.usage,
    ...(batch ? { batch } : {}),
  })
  const shape = draftShapeOf(config)
  const part = draftParts(shape)[number ?? 0] ?? { question: 0, tile: 0, sample: 0 }
  const tile = tilesOf(size, shape.tiles)[part.tile] ?? [0, 0, size.width, size.height]
  const shown = { width: boxWidth(tile), height: boxHeight(tile) }
  const reading = await readDraft(reply, { config, question: part.question, size: shown }, decodeMask)
  if (reading.status === 'unreadable') {
    throw await recordAttempt(attempt, badReply(reading.reason), { usd, raw: reply.raw })
  }
  const replyKey =
    number === undefined
      ? keys.draftReply(promptVersion, image)
      : keys.draftPartReply(promptVersion, image, number)
  await store.put(replyKey, JSON.stringify(reply.raw), 'application/json')
  const draft: DraftRecord = {
    v: 1,
    image,
    promptVersion,
    ...reading,
    boxes: reading.boxes.map((box) => storedBox(inImage(box, tile, size))),
    faults: [...reading.faults, ...otherModel(model, reply.modelVersion)],
    usage: reply.usage,
    usd,
    callId,
    createdAt: now().toISOString(),
    ...(seconds === undefined ? {} : { seconds }),
    teacher: { vendor, endpoint, model, modelVersion: reply.modelVersion },
  }
  const { prompt: asked, output, thoughts } = reply.usage
  const cost = { usd, tokens: asked + output + thoughts, paid: true }
  if (number === undefined) {
    await writeRecordOnce(store, keys.draft(promptVersion, image), DraftRecord, draft)
    return resultOf(draft, cost)
  }
  const key = keys.draftPart(promptVersion, image, number)
  await writeRecordOnce(store, key, DraftPartRecord, { ...draft, part: number })
  return resultOfPart(await completeDraft(store, config, { image, promptVersion, size }), cost)
}

/** Google answers for a model that was shut down with another one: the draft stands, and says who drew it. */
const otherModel = (asked: string, answered: string | null): DraftRecord['faults'] =>
  answered === null || isVersionOf(answered, asked)
    ? []
    : [{ kind: 'other-model', detail: `${answered} answered for ${asked}` }]

/** What a workflow hears of a draft. */
export const resultOf = (
  { status, boxes }: DraftRecord,
  cost: Pick<DraftResult, 'usd' | 'tokens' | 'paid'>,
): DraftResult => ({ status, boxes: boxes.length, ...cost })

/** The same for a call that is one of several: of the draft, when this was the last. */
export const resultOfPart = (
  draft: DraftRecord | null,
  cost: Pick<DraftResult, 'usd' | 'tokens' | 'paid'>,
): DraftResult => (draft === null ? { status: 'part', boxes: 0, ...cost } : resultOf(draft, cost))

const badReply = (reason: string): AdapterError =>
  new AdapterError('TeacherBadReply', `Gemini's reply cannot be used: ${reason}.`, { retryable: true })
