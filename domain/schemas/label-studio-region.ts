import { z } from 'zod'

const labels = z.array(z.string()).default([])

/** Fields every region may have; read leniently, only what we use. */
export const AnyRegion = z.object({
  id: z.string().default(''),
  type: z.string(),
  origin: z.enum(['manual', 'prediction', 'prediction-changed']).catch('manual'),
  original_width: z.number().nullish(),
  original_height: z.number().nullish(),
  image_rotation: z.number().nullish(),
  score: z.number().nullish().catch(null),
})
export type AnyRegion = z.infer<typeof AnyRegion>

export const RectangleRegion = AnyRegion.extend({
  type: z.enum(['rectanglelabels', 'rectangle']),
  value: z.object({
    x: z.number(),
    y: z.number(),
    width: z.number(),
    height: z.number(),
    rotation: z.number().default(0),
    rectanglelabels: labels,
  }),
})
export type RectangleRegion = z.infer<typeof RectangleRegion>

export const PolygonRegion = AnyRegion.extend({
  type: z.literal('polygonlabels'),
  value: z.object({ points: z.array(z.tuple([z.number(), z.number()])).min(1), polygonlabels: labels }),
})
export type PolygonRegion = z.infer<typeof PolygonRegion>

/** Regions that a box can be read from. */
export const ShapedRegion = z.discriminatedUnion('type', [RectangleRegion, PolygonRegion])
