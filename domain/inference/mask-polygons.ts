import { holdsPoint, perimeter, signedArea, type Point, type Polygon } from '../polygon.ts'
import { simplifyPolygon } from '../simplify-polygon.ts'
import { pointFromLetterbox, type Letterbox } from './letterbox.ts'
import type { MaskField } from './mask-field.ts'
import { traceOutlines } from './trace-outlines.ts'

/** Each of the two steps below may change this share of a mask's area, so polygon and mask agree to an IoU of 0.98. */
const areaShare = 0.01
/** Pixels of the model's input. */
const coarsest = 1
/** A mask that falls into more pieces is noise; this keeps 300 of them small. */
const mostOutlines = 32

/**
 * A mask as polygons in pixels of the image, the largest first: specks left out and corners that say little removed, as
 * far as 98 % of agreement allow. Holes are filled. Empty when the mask lies in the padding.
 */
export function maskPolygons(field: MaskField, place: Letterbox): Polygon[] {
  const outlines = traceOutlines(field).map((outline) => outline.map((point) => withinImage(point, place)))
  return withoutSpecks(outlines).map(({ outline, area }) => {
    const tolerance = Math.min(coarsest, (areaShare * area) / perimeter(outline))
    return simplifyPolygon(outline, tolerance).map((point) => pointFromLetterbox(point, place))
  })
}

/** The padding around the image belongs to no object. */
function withinImage([x, y]: Point, { left, top, resized }: Letterbox): Point {
  return [Math.min(Math.max(x, left), left + resized.width), Math.min(Math.max(y, top), top + resized.height)]
}

interface Measured {
  readonly outline: Polygon
  readonly area: number
}

/** The largest outlines that lie in no other and together hold all of the area but the share that may go. */
function withoutSpecks(outlines: readonly Polygon[]): Measured[] {
  const measured = outlines
    .map((outline) => ({ outline, area: signedArea(outline) }))
    .filter(({ area }) => area > 0)
    .sort((a, b) => b.area - a.area)
  const enough = (1 - areaShare) * measured.reduce((sum, { area }) => sum + area, 0)
  const kept: Measured[] = []
  let held = 0
  for (const candidate of measured) {
    if (held >= enough || kept.length === mostOutlines) break
    held += candidate.area
    const [corner] = candidate.outline
    if (corner !== undefined && kept.some(({ outline }) => holdsPoint(outline, corner))) continue
    kept.push(candidate)
  }
  return kept
}
