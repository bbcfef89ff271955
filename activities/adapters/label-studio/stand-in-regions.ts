import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ImageSize, LabelledBox, Xyxy } from '../../../domain/box.ts'
import { boxControl, imageObject, outlineControl } from '../../../domain/formats/label-studio-config.ts'
import {
  fromPercentPoints,
  fromRectangle,
  toPercentPoints,
  toRectangle,
} from '../../../domain/formats/label-studio.ts'
import { iou } from '../../../domain/iou.ts'
import { outlineIou } from '../../../domain/mask-runs.ts'
import { hull, type Point, type Polygon } from '../../../domain/polygon.ts'
import { PolygonRegion, RectangleRegion } from '../../../domain/schemas/label-studio-region.ts'

/** A region of a prediction as Label Studio sends it; `score` and `meta` stay in what the editor submits. */
const kept = { meta: z.unknown().optional() }
export const PredictedRegion = z.discriminatedUnion('type', [
  RectangleRegion.extend(kept),
  PolygonRegion.extend(kept),
])
export type PredictedRegion = z.infer<typeof PredictedRegion>

/** Below this overlap a person deletes the draft's box and draws a new one. */
const sameObject = 0.5
/** A box whose corners are all this near is left alone, pixels. */
const untouched = 1
/** And an outline that covers its object this well (IoU). */
const goodOutline = 0.9

interface Pair {
  readonly box: LabelledBox
  readonly draft: PredictedRegion | null
}

/**
 * What the editor would submit for these boxes, starting from this draft: a region that is right stays `prediction`, one that
 * is moved or re-labelled becomes `prediction-changed` under its id, with its old score; a missing one is drawn `manual`; a
 * wrong one is gone. With `original_width` and `original_height`, because the stand-in has the image's size.
 */
export function correctedRegions(
  truth: readonly LabelledBox[],
  draft: readonly PredictedRegion[],
  size: ImageSize,
): Record<string, unknown>[] {
  return pairUp(truth, draft, size).map(({ box, draft: region }) => {
    const isRight = region !== null && labelOf(region) === box.class && isUntouched(box, region, size)
    const origin = region === null ? 'manual' : isRight ? 'prediction' : 'prediction-changed'
    return {
      original_width: size.width,
      original_height: size.height,
      image_rotation: 0,
      ...(region?.meta === undefined ? {} : { meta: region.meta }),
      id: region?.id ?? randomBytes(8).toString('base64url').slice(0, 10),
      to_name: imageObject,
      ...(region !== null && isRight ? { value: region.value, ...toolOf(region) } : drawn(box, region, size)),
      origin,
      ...(typeof region?.score === 'number' ? { score: region.score } : {}),
    }
  })
}

const labelOf = (region: PredictedRegion): string | undefined =>
  region.type === 'polygonlabels' ? region.value.polygonlabels[0] : region.value.rectanglelabels[0]

const boxOf = (region: PredictedRegion, size: ImageSize): Xyxy =>
  region.type === 'polygonlabels'
    ? hull(fromPercentPoints(region.value.points, size))
    : fromRectangle(region.value, size)

const toolOf = ({ type }: PredictedRegion) =>
  type === 'polygonlabels'
    ? { from_name: outlineControl, type: 'polygonlabels' }
    : { from_name: boxControl, type: 'rectanglelabels' }

/**
 * The object's outline where it is known; else the draft's shape moved onto the box, its outline stretched to fit; else the box.
 */
function drawn(box: LabelledBox, region: PredictedRegion | null, size: ImageSize) {
  const known = box.polygons?.[0]
  if (known !== undefined) return asOutline(known, box, size)
  if (region?.type !== 'polygonlabels') {
    const value = { ...toRectangle(box.xyxy, size), rectanglelabels: [box.class] }
    return { value, from_name: boxControl, type: 'rectanglelabels' }
  }
  const outline = fromPercentPoints(region.value.points, size)
  const [left, top, right, bottom] = hull(outline)
  const [x1, y1, x2, y2] = box.xyxy
  const stretched = outline.map(([x, y]): Point => [
    x1 + ((x - left) / Math.max(right - left, 1e-6)) * (x2 - x1),
    y1 + ((y - top) / Math.max(bottom - top, 1e-6)) * (y2 - y1),
  ])
  return asOutline(stretched, box, size)
}

const asOutline = (outline: Polygon, box: LabelledBox, size: ImageSize) => ({
  value: { points: toPercentPoints(outline, size), closed: true, polygonlabels: [box.class] },
  from_name: outlineControl,
  type: 'polygonlabels' as const,
})

/** A rectangle does for an object only as long as nobody knows its outline. */
function isUntouched({ xyxy, polygons }: LabelledBox, region: PredictedRegion, size: ImageSize): boolean {
  const near = boxOf(region, size).map((value, index) => Math.abs(value - (xyxy[index] ?? Number.NaN)))
  if (near.some((distance) => distance > untouched)) return false
  if (polygons === undefined) return true
  if (region.type !== 'polygonlabels') return false
  return outlineIou(polygons, [fromPercentPoints(region.value.points, size)]) >= goodOutline
}

/** Greedy by overlap, pairs of one class first: each draft box serves one true box. */
function pairUp(truth: readonly LabelledBox[], draft: readonly PredictedRegion[], size: ImageSize): Pair[] {
  const candidates = truth.flatMap((box, t) =>
    draft.map((region, d) => ({
      t,
      d,
      overlap: iou(box.xyxy, boxOf(region, size)),
      sameClass: labelOf(region) === box.class,
    })),
  )
  const ranked = candidates
    .filter(({ overlap }) => overlap >= sameObject)
    .sort((a, b) => Number(b.sameClass) - Number(a.sameClass) || b.overlap - a.overlap)
  const taken = new Map<number, number>()
  const used = new Set<number>()
  for (const { t, d } of ranked) {
    if (taken.has(t) || used.has(d)) continue
    taken.set(t, d)
    used.add(d)
  }
  return truth.map((box, t) => {
    const d = taken.get(t)
    return { box, draft: d === undefined ? null : (draft[d] ?? null) }
  })
}
