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
  boxes: z.array(StoredBox.omit({ score: true })),
  /** The teacher's draft, which nobody has looked at: training images only, and only when the config asks for it. */
  unreviewed: z.literal(true).optional(),
})
export type DatasetLine = z.infer<typeof DatasetLine>

/** `class-removed`: a box of a class that the config no longer knows; dropping only that box would teach "nothing there". */
export const leftOutReasons = ['class-removed', 'quarantined'] as const
export type LeftOutReason = (typeof leftOutReasons)[number]

/** One line of `<project>/datasets/<hash>/origins-….jsonl`: the store key of the review or draft that an image's labels are from. */
export const DatasetOrigin = z.object({ image: sha256, from: z.string() })
export type DatasetOrigin = z.infer<typeof DatasetOrigin>

/** `<project>/datasets/<hash>/built.json`: how the version came about. What it holds is in the record, which says nothing of when. */
export const DatasetBuilt = z.object({
  v: z.literal(1),
  builtAt: isoTime,
  cycle: z.int(),
  /** Reviewed images that could not be taken, by reason, with the first few of each. */
  leftOut: z.array(z.object({ reason: z.enum(leftOutReasons), images: z.int(), examples: z.array(sha256) })),
})
export type DatasetBuilt = z.infer<typeof DatasetBuilt>

const counts = z.object({ train: z.int(), val: z.int(), test: z.int() })

/**
 * `<project>/datasets/<hash>/dataset.json`: written last; without it the version does not exist. It and the lines say what
 * the hash stands for and nothing else, so that the same reviews and config give the same bytes anywhere.
 */
export const DatasetRecord = z.object({
  v: z.literal(1),
  dataset: sha256,
  classes: z.array(z.string()),
  images: counts,
  boxes: z.int(),
  /** Reviewed and empty: negatives. */
  empty: z.int(),
  boxesByClass: z.record(z.string(), z.int()),
  /** Images with the teacher's draft, which nobody has looked at. */
  unreviewed: z.int().optional(),
  chunks: z.array(z.string()),
})
export type DatasetRecord = z.infer<typeof DatasetRecord>
