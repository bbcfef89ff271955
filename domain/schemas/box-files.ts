import { z } from 'zod'

const box = z.tuple([z.number(), z.number(), z.number(), z.number()])
const polygons = z.array(z.array(z.tuple([z.number(), z.number()])).min(3))

/** One line of `understudy predict --json`. */
export const PredictedLine = z.object({
  image: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  boxes: z.array(
    z.object({ class: z.string(), score: z.number().nullable(), xyxy: box, polygons: polygons.optional() }),
  ),
})

const regions = z.array(z.looseObject({ type: z.string() }))

/** A task of Label Studio's JSON export, or of a file for its import. */
export const LabelStudioTask = z.object({
  data: z.record(z.string(), z.unknown()),
  annotations: z
    .array(
      z.object({
        result: regions,
        was_cancelled: z.boolean().default(false),
        updated_at: z.string().default(''),
      }),
    )
    .default([]),
  predictions: z.array(z.object({ result: regions })).default([]),
})
export type LabelStudioTask = z.infer<typeof LabelStudioTask>
