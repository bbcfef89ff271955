import { boxArea, type LabelledBox } from '../box.ts'
import { containment, iou } from '../iou.ts'
import { rasterise, sharedPixels, type MaskRuns } from '../mask-runs.ts'
import type { Polygon } from '../polygon.ts'
import type { ScoredImage } from './scored-images.ts'

/** What average precision is measured on: boxes, or the masks that outlines enclose (pycocotools' `bbox` and `segm`). */
export const shapeKinds = ['box', 'mask'] as const
export type ShapeKind = (typeof shapeKinds)[number]

type Shape = Pick<LabelledBox, 'xyxy' | 'polygons'>

/** How large shapes of one image are and how much of each other they cover. */
export interface Shapes {
  /** Square pixels. */
  area(shape: Shape): number
  iou(a: Shape, b: Shape): number
  /** Share of `inner` that lies inside `outer`, 0 to 1. */
  containment(inner: Shape, outer: Shape): number
}

export const boxShapes: Shapes = {
  area: ({ xyxy }) => boxArea(xyxy),
  iou: (a, b) => iou(a.xyxy, b.xyxy),
  containment: (inner, outer) => containment(inner.xyxy, outer.xyxy),
}

type Sized = Pick<ScoredImage, 'size'>

/** The shapes of each image, to be handed to every matching of theirs: a mask is drawn once. */
export const shapesOf = (images: readonly Sized[], kind: ShapeKind): readonly Shapes[] =>
  images.map((image) => (kind === 'box' ? boxShapes : masksOf(image)))

/**
 * As a mask, a box without outlines is all of its rectangle, as COCO's tools and the label files of
 * the trainer take it.
 * @throws RangeError for an image whose size is not known
 */
function masksOf({ size }: Sized): Shapes {
  if (size === undefined) throw new RangeError('Masks can only be scored on an image whose size is known.')
  const drawn = new Map<Shape, MaskRuns>()
  const maskOf = (shape: Shape): MaskRuns => {
    const known = drawn.get(shape) ?? rasterise(outlinesOf(shape), size)
    drawn.set(shape, known)
    return known
  }
  const overlap = (a: Shape, b: Shape): number => sharedPixels(maskOf(a), maskOf(b))
  return {
    area: (shape) => maskOf(shape).area,
    iou(a, b) {
      const shared = overlap(a, b)
      const union = maskOf(a).area + maskOf(b).area - shared
      return union > 0 ? shared / union : 0
    },
    containment(inner, outer) {
      const { area } = maskOf(inner)
      return area > 0 ? overlap(inner, outer) / area : 0
    },
  }
}

function outlinesOf({ xyxy: [x1, y1, x2, y2], polygons }: Shape): readonly Polygon[] {
  if (polygons !== undefined && polygons.length > 0) return polygons
  const corners: Polygon = [
    [x1, y1],
    [x1, y2],
    [x2, y2],
    [x2, y1],
  ]
  return [corners]
}
