import { z } from 'zod'
import { batchKinds } from '../../contracts/disagreement-kinds.ts'
import { draftSources } from '../../metrics/edit-figures.ts'
import { interval } from './shared.ts'

/** COCO average precision of one object size; null when the test images show none of that size. */
export const sizeFigures = z.object({ map50: z.number(), map: z.number(), boxes: z.int() }).nullable()

/** Precision, recall and F1 at IoU 0.5 against confidence; precision is null where nothing is predicted. */
export const curvePoints = z.array(
  z.object({
    confidence: z.number(),
    precision: z.number().nullable(),
    recall: z.number(),
    f1: z.number(),
  }),
)

/** Cells of a confusion matrix that are not zero; null stands for the background. */
export const confusionCells = z.array(
  z.object({ truth: z.string().nullable(), predicted: z.string().nullable(), count: z.int() }),
)

/** What became of drafted boxes under people's hands. */
const boxFates = z.object({
  shown: z.int(),
  kept: z.int(),
  nudged: z.int(),
  moved: z.int(),
  relabelled: z.int(),
  deleted: z.int(),
})

const editRow = boxFates.extend({
  images: z.int(),
  added: z.int(),
  editsPerImage: interval,
  f1: interval,
  secondsPerImage: z.number().nullable(),
})

/**
 * How much people changed in the drafts they were shown, over all reviewed images. Kept apart from the test figures: queued
 * images are chosen, and only the `audit` stream is unbiased.
 */
export const reviewEdits = z.object({
  all: editRow,
  byStream: z.array(editRow.extend({ stream: z.enum(batchKinds) })),
  byReviewer: z.array(editRow.extend({ reviewer: z.string() })),
  bySource: z.array(boxFates.extend({ source: z.enum(draftSources) })),
  /** Reviewed images that had no draft at all: drawn from nothing, they are in no row above. */
  fromScratch: z.int(),
  /** True when the demo's stand-in answered some of them, or the teacher was simulated. */
  standIn: z.boolean(),
  simulated: z.boolean(),
})
