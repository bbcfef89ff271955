import { z } from 'zod'
import { sha256 } from './shared.ts'

/**
 * `models/<hash>/reference.json`: what the trainer's own runtime says of one image, for ours to be held against before the
 * exported model counts. Written on the training host.
 */
export const ReferenceRecord = z.object({
  v: z.literal(1),
  /** A validation image of the model's dataset version. */
  image: sha256,
  settings: z.object({ confidence: z.number(), iou: z.number(), maxDetections: z.int() }),
  /** False: the trainer leaves out objects without an outline, so more may be found here. */
  complete: z.boolean(),
  boxes: z.array(
    z.object({
      /** Place in the model's class names. */
      class: z.int(),
      /** Centre, width and height as shares of the image; null: the trainer only tells outlines. */
      xywh: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
      score: z.number(),
    }),
  ),
})
export type ReferenceRecord = z.infer<typeof ReferenceRecord>
