import pMap from 'p-map'
import type { ImageSize } from '../domain/box.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { combineParts, draftParts } from '../domain/draft-parts.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { DraftPartRecord, DraftRecord } from '../domain/schemas/records/draft.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readRecord, readsAtOnce, writeRecordOnce } from './store/records.ts'
import { storedBox } from './stored-box.ts'
import { draftShapeOf } from './teacher-prompt.ts'

/**
 * Makes the draft of an image out of the answers to all its calls, once the last of them is there; null before. Two calls
 * that end together both make it, and make the same.
 */
export async function completeDraft(
  store: ObjectStore,
  config: ProjectConfig,
  { image, promptVersion, size }: { image: string; promptVersion: string; size: ImageSize },
): Promise<DraftRecord | null> {
  const keys = storeKeys(config.project)
  const shape = draftShapeOf(config)
  const records = await pMap(
    draftParts(shape),
    async (part, number) => {
      const record = await readRecord(store, keys.draftPart(promptVersion, image, number), DraftPartRecord)
      return record === null ? null : { ...part, record }
    },
    { concurrency: readsAtOnce },
  )
  const parts = records.filter((entry) => entry !== null)
  const last = parts.at(-1)?.record
  if (last === undefined || parts.length < records.length) return null

  const answers = parts.map(({ record, ...part }) => {
    return { ...part, answered: record.status !== 'blocked', boxes: record.boxes }
  })
  const sum = (of: (record: DraftPartRecord) => number): number =>
    parts.reduce((total, { record }) => total + of(record), 0)
  const timed = parts.every(({ record }) => record.seconds !== undefined)
  const faults = parts.flatMap(({ record }, number) =>
    [
      ...record.faults,
      ...(record.blockReason === null ? [] : [{ kind: 'blocked', detail: record.blockReason }]),
    ].map(({ kind, detail }) => ({ kind, detail: `call ${number + 1}: ${detail}` })),
  )
  const draft: DraftRecord = {
    v: 1,
    image,
    promptVersion,
    status: statusOf(parts.map(({ record }) => record)),
    boxes: combineParts(answers, shape, size).map(storedBox),
    faults,
    blockReason: answers.some(({ answered }) => answered) ? null : last.blockReason,
    teacher: last.teacher,
    usage: {
      prompt: sum(({ usage }) => usage.prompt),
      output: sum(({ usage }) => usage.output),
      thoughts: sum(({ usage }) => usage.thoughts),
    },
    usd: sum(({ usd }) => usd),
    callId: last.callId,
    ...(timed ? { seconds: sum(({ seconds = 0 }) => seconds) } : {}),
    createdAt: parts.map(({ record }) => record.createdAt).reduce((a, b) => (a > b ? a : b)),
  }
  await writeRecordOnce(store, keys.draft(promptVersion, image), DraftRecord, draft)
  return draft
}

/** Blocked only when nothing at all was answered; whole only when every part is. */
function statusOf(parts: readonly DraftPartRecord[]): DraftRecord['status'] {
  if (parts.every(({ status }) => status === 'blocked')) return 'blocked'
  return parts.every(({ status }) => status === 'ok') ? 'ok' : 'partial'
}
