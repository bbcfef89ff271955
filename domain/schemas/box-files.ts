import { z } from 'zod'

const box = z.tuple([z.number(), z.number(), z.number(), z.number()])
const polygons = z.array(z.array(z.tuple([z.number(), z.number()])).min(3))
const id = z.int()

/** A COCO file as others write it: fields that we do not use are let be. */
export const CocoFile = z.object({
  images: z.array(
    z.object({ id, file_name: z.string(), width: z.int().positive(), height: z.int().positive() }),
  ),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      bbox: box,
      iscrowd: z.int().optional(),
      score: z.number().optional(),
      // Run lengths, as crowd regions have them, are no outlines: such an annotation counts as its box.
      segmentation: z.array(z.array(z.number())).optional().catch(undefined),
    }),
  ),
  categories: z.array(z.object({ id, name: z.string() })),
})

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
