import { z } from 'zod'
import { isoTime, sha256, StoredBox } from './shared.ts'

export const refusalCodes = [
  'image-not-loaded',
  'unknown-class',
  'unknown-task',
  'unreadable-region',
] as const

/** What a person submitted for one image: append-only, one object an (annotation, update). */
export const ReviewRecord = z.object({
  v: z.literal(1),
  image: sha256,
  uid: z.string(),
  batch: z.int(),
  annotationId: z.int(),
  taskId: z.int(),
  createdAt: isoTime,
  updatedAt: isoTime,
  /** `accepted` with no boxes is a true "nothing there"; a refused answer is kept with its reason and counts as not reviewed. */
  outcome: z.enum(['accepted', 'skipped', 'refused']),
  refusal: z.object({ code: z.enum(refusalCodes), detail: z.string() }).nullable(),
  boxes: z.array(
    StoredBox.extend({ origin: z.enum(['manual', 'prediction', 'prediction-changed']), region: z.string() }),
  ),
  /** Things mended while reading: clamped, rotated, several labels… */
  notes: z.array(z.object({ kind: z.string(), detail: z.string() })),
  leadTimeSeconds: z.number().nullable(),
  completedBy: z.int().nullable(),
  /** True when the stand-in reviewer of the demo answered, not a person: said wherever the review appears. */
  standIn: z.boolean().optional(),
  /** Label Studio's regions as they came: read again for free when the reader improves, and nothing refused is lost. */
  result: z.array(z.unknown()).optional(),
})
export type ReviewRecord = z.infer<typeof ReviewRecord>

export const labelFormats = ['coco', 'voc', 'yolo'] as const

/** Labels that somebody made elsewhere: as good as a review, and said to come from where they come. */
export const ImportedReview = z.object({
  v: z.literal(1),
  image: sha256,
  createdAt: isoTime,
  updatedAt: isoTime,
  outcome: z.literal('accepted'),
  /** Where they came from: the format, and the name under which the labels file knows the picture. */
  imported: z.object({ format: z.enum(labelFormats), from: z.string(), file: z.string() }),
  boxes: z.array(StoredBox),
  notes: z.array(z.object({ kind: z.string(), detail: z.string() })),
})
export type ImportedReview = z.infer<typeof ImportedReview>

/** Everything under `<project>/reviews/`. */
export type AnyReview = ReviewRecord | ImportedReview

/** `<project>/foreign-answers/…`: an answer on a task that is none of ours, kept as it came. */
export const ForeignAnswerRecord = z.object({
  v: z.literal(1),
  uid: z.string().nullable(),
  taskId: z.int(),
  annotationId: z.int(),
  createdAt: isoTime,
  updatedAt: isoTime,
  skipped: z.boolean(),
  refusal: z.object({ code: z.literal('unknown-task'), detail: z.string() }),
  result: z.array(z.unknown()),
})
export type ForeignAnswerRecord = z.infer<typeof ForeignAnswerRecord>
