import { z } from 'zod'

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
export const isoTime = z.iso.datetime({ offset: true })
const coordinate = z.number()
const outline = z
  .array(z.tuple([coordinate, coordinate]).readonly())
  .min(3)
  .readonly()

/** `LabelledBox` of domain/box.ts as stored: absolute pixels of the displayed image. */
export const StoredBox = z.object({
  class: z.string(),
  xyxy: z.tuple([coordinate, coordinate, coordinate, coordinate]),
  score: z.number().nullable(),
  polygons: z.array(outline).readonly().optional(),
  crowd: z.boolean().optional(),
})

/** A figure with its 95 % interval. */
export const interval = z.object({ value: z.number(), low: z.number(), high: z.number() })
export type Interval = z.infer<typeof interval>
