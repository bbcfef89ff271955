import { z } from 'zod'

const id = z.union([z.number(), z.string()])
const pixels = z.coerce.number().positive()

/** A COCO file as others write it: fields that we do not use are let be. */
export const CocoFile = z.object({
  images: z.array(z.object({ id, file_name: z.string(), width: pixels, height: pixels })),
  annotations: z
    .array(
      z.object({
        image_id: id,
        category_id: id,
        bbox: z.array(z.number()).nullish(),
        iscrowd: z.union([z.number(), z.boolean()]).nullish(),
        segmentation: z.unknown().optional(),
        score: z.number().nullish(),
      }),
    )
    .default([]),
  categories: z.array(z.object({ id, name: z.string() })),
})

const numberText = z.coerce.number()
const listed = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value) => (value === undefined || value === '' ? [] : Array.isArray(value) ? value : [value]),
    z.array(item),
  )

/** A Pascal VOC file as an XML reader gives it: all values are text. */
export const VocFile = z.object({
  annotation: z.object({
    filename: z.coerce.string().optional(),
    size: z.object({ width: numberText, height: numberText }).optional().catch(undefined),
    object: listed(
      z.object({
        name: z.coerce.string().optional(),
        crowd: numberText.optional().catch(undefined),
        bndbox: z
          .object({ xmin: numberText, ymin: numberText, xmax: numberText, ymax: numberText })
          .optional()
          .catch(undefined),
        polygon: listed(z.record(z.string(), numberText)).catch([]),
      }),
    ),
  }),
})

/** The `names` of a YOLO `data.yaml`: a list, or a map from number to name. */
export const YoloNames = z.object({
  names: z.union([z.array(z.coerce.string()), z.record(z.string(), z.coerce.string())]),
})
