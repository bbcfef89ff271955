import { z } from 'zod'
import { batchKinds, batchPurposes } from '../../contracts/disagreement-kinds.ts'
import { splits } from '../../contracts/splits.ts'
import { sha256, StoredBox } from './shared.ts'

/** One line of `<project>/batches/<number>.jsonl`: an image queued for review, why, and with which probability. */
export const BatchLine = z.object({
  v: z.literal(1),
  batch: z.int(),
  cycle: z.int(),
  /** `first`: held-out images and a start; `routed`: what a comparison asks about. A cycle has at most one of each. */
  purpose: z.enum(batchPurposes),
  image: sha256,
  /** First 20 hex digits of SHA-256("<image> <batch>"): the Label Studio task's key. */
  uid: z.string().regex(/^[0-9a-f]{20}$/),
  kind: z.enum(batchKinds),
  split: z.enum(splits),
  /** One sentence for the reviewer. */
  reason: z.string(),
  /** Inclusion probability of the draw; null where the choice was not random. */
  probability: z.number().nullable(),
  /** Higher is shown first. */
  priority: z.number(),
  /** What the reviewer starts from; `source` says whose box it is. */
  draft: z.array(StoredBox.extend({ source: z.enum(['teacher', 'student', 'both', 'person']) })),
  /** True when nobody had drafted the image: an empty draft that says nothing. */
  undrafted: z.boolean().optional(),
  /** True when the teacher's boxes come from the simulator: the reviewer is told. */
  simulatedTeacher: z.boolean().optional(),
})
export type BatchLine = z.infer<typeof BatchLine>

/** `<project>/board.json`: Label Studio's ids and how far its answers have been read. */
export const BoardRecord = z.object({
  v: z.literal(1),
  board: z.object({ projectId: z.int(), storageId: z.int(), viewId: z.int() }),
  cursor: z.string().nullable(),
  /** Batches that are wholly on the board: a task missing from them was deleted by somebody and is not posted again. */
  posted: z.array(z.int()).default([]),
  /** Tasks that somebody deleted before they were answered, by uid, as of the last look: their images may be queued again. */
  withdrawn: z.array(z.string()).default([]),
  /** Tasks whose newest answer was refused, by uid; answers on foreign tasks as `task-<id>`. */
  refused: z.record(z.string(), z.object({ annotationId: z.int(), note: z.string() })).default({}),
})
export type BoardRecord = z.infer<typeof BoardRecord>
