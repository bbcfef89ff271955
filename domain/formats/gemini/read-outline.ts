import { clampToImage, type ImageSize, type LabelledBox, type Xyxy } from '../../box.ts'
import { iou } from '../../iou.ts'
import { hull, type Point, type Polygon } from '../../polygon.ts'
import { excerpt, type GeminiBox, type GeminiFault } from './types.ts'

/** One object's outline as far as it can be read; the box stays whatever happens. */
export interface OutlineReading {
  readonly box: GeminiBox
  readonly faults: readonly GeminiFault[]
}

/** The box around an outline must be the object's own: other objects, scales and orders of axes fall below. */
const fits = 0.5
/** As for boxes: rounding past the border is mended. */
const tolerance = 10
const outlineKeys = ['polygon', 'polygons', 'mask', 'segmentation', 'outline'] as const

const fault = (kind: GeminiFault['kind'], { class: name }: LabelledBox, detail: string) => [
  { kind, detail: `${name}: ${detail}` },
]

/**
 * Reads what an entry says about the outline of its object, in any of the ways that are known of: a PNG as a `data:` URI or
 * bare base64 (2.5), lists of points, x first (3.5, Robotics-ER). The outline must fit its box; if only the order of its
 * axes is wrong they are swapped. With a polygon, the box becomes the one around it. Segmentation tokens
 * (`<start_of_mask>…`) cannot be decoded by anybody outside Google: a fault.
 */
export function readOutline(
  element: Readonly<Record<string, unknown>>,
  box: LabelledBox,
  size: ImageSize,
): OutlineReading {
  const value = outlineKeys.map((key) => element[key]).find((entry) => entry !== undefined && entry !== null)
  if (value === undefined) return { box, faults: fault('bad-outline', box, 'no outline came') }
  if (typeof value === 'string') return readMaskText(value, box)
  const rings = ringsIn(value)
  if (rings === null) {
    return { box, faults: fault('bad-outline', box, `no list of points: ${excerpt(JSON.stringify(value))}`) }
  }
  const asTold = placed(rings, size)
  if (asTold !== null && iou(hull(asTold.flat()), box.xyxy) > fits) {
    return { box: withPolygons(box, asTold), faults: [] }
  }
  const swapped = placed(
    rings.map((ring) => ring.map(([x, y]): Point => [y, x])),
    size,
  )
  if (swapped !== null && iou(hull(swapped.flat()), box.xyxy) > fits) {
    return { box: withPolygons(box, swapped), faults: fault('swapped-outline', box, 'points had y first') }
  }
  return { box, faults: fault('bad-outline', box, 'the outline is not where its box is') }
}

/** A box that is known to be the one around its outlines. */
export const withPolygons = (box: LabelledBox, polygons: readonly Polygon[]): LabelledBox => ({
  class: box.class,
  xyxy: hull(polygons.flat()),
  score: box.score,
  polygons,
})

function readMaskText(text: string, box: LabelledBox): OutlineReading {
  const base64 = text.trim().replace(/^data:image\/png;base64,/, '')
  // What every PNG begins with, in base64.
  if (base64.startsWith('iVBORw0KGgo')) return { box: { ...box, maskPng: base64 }, faults: [] }
  return { box, faults: fault('bad-outline', box, `no PNG: ${excerpt(text, 40)}`) }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

function pointOf(value: unknown): Point | null {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [x, y]: unknown[] = value
  return isNumber(x) && isNumber(y) ? [x, y] : null
}

/** `[[x, y], …]`, several of them, or `[x, y, x, y, …]`; null for anything else. */
function ringsIn(value: unknown): readonly Polygon[] | null {
  if (!Array.isArray(value) || value.length < 3) {
    return Array.isArray(value) && value.length > 0 && value.every(Array.isArray) ? severalRings(value) : null
  }
  if (value.every(isNumber)) {
    if (value.length < 6 || value.length % 2 !== 0) return null
    return [
      Array.from({ length: value.length / 2 }, (_, i): Point => [value[2 * i] ?? 0, value[2 * i + 1] ?? 0]),
    ]
  }
  const points = value.map(pointOf)
  const ring = points.filter((point) => point !== null)
  return ring.length === value.length ? [ring] : severalRings(value)
}

function severalRings(value: readonly unknown[]): readonly Polygon[] | null {
  const rings = value.map((entry) => (Array.isArray(entry) ? entry.map(pointOf) : []))
  const whole = rings.map((ring) => ring.filter((point) => point !== null))
  return whole.every((ring, i) => ring.length >= 3 && ring.length === rings[i]?.length) ? whole : null
}

/** Thousandths to pixels, cut to the image; null when they are no thousandths, or enclose nothing. */
function placed(rings: readonly Polygon[], size: ImageSize): readonly Polygon[] | null {
  if (rings.flat(2).some((v) => v < -tolerance || v > 1000 + tolerance)) return null
  const polygons = rings.map((ring) =>
    ring.map(([x, y]): Point => {
      const [left, top]: Xyxy = clampToImage([(x * size.width) / 1000, (y * size.height) / 1000, 0, 0], size)
      return [left, top]
    }),
  )
  const [x1, y1, x2, y2] = hull(polygons.flat())
  return x2 - x1 < 1 || y2 - y1 < 1 ? null : polygons
}
