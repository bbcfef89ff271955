import type { DraftResult } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { readGeminiReply } from '../domain/formats/gemini/read-reply.ts'
import { createClassTable } from '../domain/ontology.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { DraftRecord } from '../domain/schemas/records/draft.ts'
import { callUsd } from '../domain/teacher-cost.ts'
import { recordAttempt, type Attempt } from './draft-attempts.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { TeacherIdentity, TeacherReply } from './roles/drafter.ts'
import { writeLedgerEntry } from './store/ledger.ts'
import { writeRecordOnce } from './store/records.ts'
import { storedBox } from './stored-box.ts'

export interface AnsweredCall {
  /** The call and the image it was about. */
  readonly attempt: Attempt
  readonly config: ProjectConfig
  readonly identity: TeacherIdentity
  /** Displayed pixels of the image. */
  readonly size: { readonly width: number; readonly height: number }
  /** True for an answer of a batch job: billed at a share of the list price. */
  readonly batch: boolean
}

/**
 * Keeps the bill, the reply and the draft, in this order: what was paid is known even when the worker dies in between.
 * The same call keeps the same objects.
 * @throws AdapterError TeacherBadReply when nothing can be read out of the reply, which is then an attempt
 */
export async function settleReply(reply: TeacherReply, call: AnsweredCall): Promise<DraftResult> {
  const { attempt, config, identity, size, batch } = call
  const { store, ref, callId, now } = attempt
  const { project, cycle, image, promptVersion } = ref
  const keys = storeKeys(project)
  const { model } = config.teacher
  const { endpoint, vendor } = identity
  const at = now().toISOString()
  const usd = callUsd(reply.usage, config.teacher.price) * (batch ? config.teacher.batch.priceShare : 1)
  await writeLedgerEntry(store, project, {
    v: 1,
    callId,
    at,
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
      const boxes = reading.boxes.map(storedBox)
      return { status: reading.status, boxes, faults: [...reading.faults], blockReason: null }
    }
  }
}

/** What a workflow hears of a draft. */
export const resultOf = (
  { status, boxes }: DraftRecord,
  cost: Pick<DraftResult, 'usd' | 'tokens' | 'paid'>,
): DraftResult => ({ status, boxes: boxes.length, ...cost })

const badReply = (reason: string): AdapterError =>
  new AdapterError('TeacherBadReply', `Gemini's reply cannot be used: ${reason}.`, { retryable: true })
