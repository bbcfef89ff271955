import { z } from 'zod'
import { sha256, StoredBox } from './shared.ts'

/** `<project>/predictions/manifests/<hash>.json`: which images a model is run on, in shards. */
export const PredictionManifest = z.object({
  v: z.literal(1),
  pool: z.enum(['held-out', 'unlearnt']),
  shards: z.array(z.array(sha256)),
})
export type PredictionManifest = z.infer<typeof PredictionManifest>

/** One line of a prediction shard. `error` is set instead of boxes when the image could not be read. */
export const PredictionLine = z.object({
  image: sha256,
  width: z.int(),
  height: z.int(),
  boxes: z.array(StoredBox),
  error: z.string().nullable(),
})
export type PredictionLine = z.infer<typeof PredictionLine>
