import { z } from 'zod'
import { splits } from '../../contracts/splits.ts'
import { isoTime, sha256, StoredBox } from './shared.ts'

/** One image of a dataset version. */
export const DatasetLine = z.object({
  image: sha256,
  extension: z.enum(['png', 'jpg', 'webp']),
  width: z.int(),
  height: z.int(),
  group: z.string(),
  split: z.enum(splits),
  /** Store key of the review the labels come from. */
  review: z.string(),
  boxes: z.array(StoredBox.omit({ score: true })),
})
export type DatasetLine = z.infer<typeof DatasetLine>

/** `class-removed`: a box of a class that the config no longer knows; dropping only that box would teach "nothing there". */
export const leftOutReasons = ['class-removed', 'quarantined'] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

const counts = z.object({ train: z.int(), val: z.int(), test: z.int() })

/** `<project>/datasets/<hash>/dataset.json`: written last; without it the version does not exist. */
export const DatasetRecord = z.object({
  v: z.literal(1),
  dataset: sha256,
  classes: z.array(z.string()),
  images: counts,
  boxes: z.int(),
  /** Reviewed and empty: negatives. */
  empty: z.int(),
  boxesByClass: z.record(z.string(), z.int()),
  chunks: z.array(z.string()),
  /** Reviewed images that could not be taken, by reason, with the first few of each. */
  leftOut: z
    .array(z.object({ reason: z.enum(leftOutReasons), images: z.int(), examples: z.array(sha256) }))
    .default([]),
  createdAt: isoTime,
})
export type DatasetRecord = z.infer<typeof DatasetRecord>
