import { z } from 'zod'

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
