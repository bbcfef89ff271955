import { storeKeys, type StoreKeys } from '../domain/contracts/store-keys.ts'
import { readAnswer, type ReadAnswer } from '../domain/formats/label-studio-answer.ts'
import type { BatchLine } from '../domain/schemas/records/batch.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { ForeignAnswerRecord, ReviewRecord } from '../domain/schemas/records/review.ts'
import type { ObjectStore } from './roles/object-store.ts'
import type { BoardAnswer } from './roles/review-board.ts'
import { requireRecord, writeRecordOnce } from './store/records.ts'

export interface KeptAnswer {
  /** False when an earlier poll had written it. */
  readonly fresh: boolean
  /** What the reviewer is told; null when the answer was taken. */
  readonly refusal: string | null
}

/**
 * Keeps one answer for good: append-only, one object an (annotation, update), written once. What stands in the store already
 * is the truth, also when the configuration has changed since.
 */
export async function keepAnswer(
  store: ObjectStore,
  project: string,
  answer: BoardAnswer,
  context: {
    readonly line: BatchLine
    readonly classes: readonly string[]
    readonly task: 'detect' | 'segment'
  },
): Promise<KeptAnswer> {
  const keys = storeKeys(project)
  const { line, classes, task } = context
  const key = keys.review(line.image, answer.annotationId, answer.updatedAt)
  const image = await requireRecord(store, keys.imageRecord(line.image), ImageRecord)
  const reading = await seenOrRefused(store, keys, image, readAnswer(answer, { size: image, classes, task }))
  const record: ReviewRecord = {
    v: 1,
    image: line.image,
    uid: line.uid,
    batch: line.batch,
    annotationId: answer.annotationId,
    taskId: answer.taskId,
    createdAt: answer.createdAt,
    updatedAt: answer.updatedAt,
    outcome: reading.outcome,
    refusal: reading.outcome === 'refused' ? reading.refusal : null,
    boxes: reading.outcome === 'accepted' ? reading.boxes.map(toStored) : [],
    notes: reading.outcome === 'accepted' ? [...reading.notes] : [],
    leadTimeSeconds: answer.leadTimeSeconds,
    completedBy: answer.completedBy,
    standIn: answer.standIn,
    result: [...answer.result],
  }
  const fresh = await writeRecordOnce(store, key, ReviewRecord, record)
  const kept = fresh ? record : await requireRecord(store, key, ReviewRecord)
  return { fresh, refusal: kept.refusal === null ? null : kept.refusal.detail }
}

/** An empty answer holds no trace of whether the image had loaded; at least the image must be there to be seen. */
async function seenOrRefused(
  store: ObjectStore,
  keys: StoreKeys,
  { image, extension }: ImageRecord,
  reading: ReadAnswer,
): Promise<ReadAnswer> {
  if (reading.outcome !== 'accepted' || reading.boxes.length > 0) return reading
  if (await store.has(keys.imageBytes(image, extension))) return reading
  const detail = 'the answer says that nothing is there, but the image is missing from the store'
  return { outcome: 'refused', refusal: { code: 'image-not-loaded', detail } }
}

type ReviewBox = ReviewRecord['boxes'][number]
const toStored = (box: Omit<ReviewBox, 'xyxy'> & { xyxy: readonly [...ReviewBox['xyxy']] }): ReviewBox => ({
  ...box,
  xyxy: [...box.xyxy],
})

/** Keeps an answer on a task that is none of ours, as it came. */
export async function keepForeignAnswer(
  store: ObjectStore,
  project: string,
  answer: BoardAnswer,
): Promise<KeptAnswer> {
  const { uid, taskId, annotationId, createdAt, updatedAt, skipped } = answer
  const detail = `task ${taskId} is in none of the project's batches`
  const record: ForeignAnswerRecord = {
    v: 1,
    uid,
    taskId,
    annotationId,
    createdAt,
    updatedAt,
    skipped,
    refusal: { code: 'unknown-task', detail },
    result: [...answer.result],
  }
  const key = storeKeys(project).foreignAnswer(annotationId, updatedAt)
  return { fresh: await writeRecordOnce(store, key, ForeignAnswerRecord, record), refusal: detail }
}
