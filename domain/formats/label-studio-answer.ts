import { clampToImage, isDegenerate, type ImageSize, type LabelledBox, type Xyxy } from '../box.ts'
import type { refusalCodes } from '../schemas/records/review.ts'
import {
  AnyRegion,
  ShapedRegion,
  type PolygonRegion,
  type RectangleRegion,
} from '../schemas/label-studio-region.ts'
import { hull, type Polygon } from '../polygon.ts'
import { fromPercentPoints, fromRectangle, objectOfRegion } from './label-studio.ts'

export interface ReviewedBox extends LabelledBox {
  readonly origin: 'manual' | 'prediction' | 'prediction-changed'
  /** The region's id in Label Studio: the draft's own where the box comes from the draft. */
  readonly region: string
}
export interface ReadingNote {
  readonly kind:
    | 'ignored'
    | 'no-label'
    | 'several-labels'
    | 'rotated'
    | 'negative-size'
    | 'polygon'
    | 'clamped'
    | 'degenerate'
  readonly detail: string
}
export interface Refusal {
  readonly code: (typeof refusalCodes)[number]
  readonly detail: string
}
export type ReadAnswer =
  | {
      readonly outcome: 'accepted'
      readonly boxes: readonly ReviewedBox[]
      readonly notes: readonly ReadingNote[]
    }
  | { readonly outcome: 'skipped' }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }

export interface AnswerContext {
  /** Stored size of the image, as displayed. */
  readonly size: ImageSize
  /** Classes of the config the answer is read under. */
  readonly classes: readonly string[]
  /** `segment`: outlines are kept; `detect` (when left out): they become the boxes around them, with a note. */
  readonly task?: 'detect' | 'segment'
}

/** A review copy may be smaller, so aspect ratios are compared; this share allows for sides rounded to whole pixels. */
const aspectTolerance = 0.02
/** Overshoot in pixels that comes of drawing at the edge and is not worth a note. */
const silentOvershoot = 0.5
/** Answers to other kinds of question: they say nothing about boxes. */
const sideAnswers = new Set(['choices', 'textarea', 'rating', 'relation', 'number', 'taxonomy', 'datetime'])

type Reading =
  | { readonly refusal: Refusal }
  | { readonly box: ReviewedBox | null; readonly notes: readonly ReadingNote[] }

const refuse = (code: Refusal['code'], detail: string): Reading => ({ refusal: { code, detail } })

/**
 * Reads what a person submitted: Label Studio's regions (percent) to boxes (pixels of the displayed image). One region that
 * cannot be trusted refuses the whole answer, because what is left would wrongly say "nothing else is there". An empty
 * result is a true empty image. A region without `original_width` and `original_height` was saved although the image had
 * not loaded (measured on 1.23.2).
 */
export function readAnswer(
  answer: { readonly result: readonly unknown[]; readonly skipped: boolean },
  context: AnswerContext,
): ReadAnswer {
  if (answer.skipped) return { outcome: 'skipped' }
  const boxes: ReviewedBox[] = []
  const notes: ReadingNote[] = []
  for (const region of answer.result) {
    const reading = readRegion(region, context)
    if ('refusal' in reading) return { outcome: 'refused', refusal: reading.refusal }
    notes.push(...reading.notes)
    if (reading.box !== null) boxes.push(reading.box)
  }
  return { outcome: 'accepted', boxes: wholeObjects(boxes), notes }
}

/** Outlines that a draft drew for one object become one box again, unless a person gave them different classes. */
function wholeObjects(boxes: readonly ReviewedBox[]): readonly ReviewedBox[] {
  const groups = new Map<string, ReviewedBox[]>()
  for (const [index, box] of boxes.entries()) {
    const { region, class: name, polygons } = box
    const object = polygons === undefined ? `box ${index}` : `outline ${objectOfRegion(region)} ${name}`
    groups.set(object, [...(groups.get(object) ?? []), box])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined || group.length === 1) return group
    const polygons = group.flatMap((box) => box.polygons ?? [])
    const isUntouched = group.every(({ origin }) => origin === 'prediction')
    return {
      ...first,
      xyxy: hull(polygons.flat()),
      polygons,
      origin: isUntouched ? first.origin : ('prediction-changed' as const),
      region: objectOfRegion(first.region),
    }
  })
}

function readRegion(raw: unknown, { size, classes, task = 'detect' }: AnswerContext): Reading {
  const any = AnyRegion.safeParse(raw)
  if (!any.success) return refuse('unreadable-region', 'expected a region with a type, got something else')
  const { id, type } = any.data
  if (sideAnswers.has(type)) {
    return { box: null, notes: [{ kind: 'ignored', detail: `a "${type}" answer, which is not a box` }] }
  }
  const shaped = ShapedRegion.safeParse(raw)
  if (!shaped.success) {
    return refuse(
      'unreadable-region',
      `region ${id}: expected a rectangle in numbers, got "${type}" that is not one`,
    )
  }
  const problem = imageProblem(any.data, size)
  if (problem !== null) return { refusal: problem }

  const region = shaped.data
  const { labels, xyxy, notes, polygons } =
    region.type === 'polygonlabels' ? polygonShape(region, size, task) : rectangleShape(region, size)
  const [label] = labels
  if (label === undefined) {
    return { box: null, notes: [{ kind: 'no-label', detail: `region ${id} has no class: left out` }] }
  }
  if (!classes.includes(label)) {
    return refuse('unknown-class', `region ${id}: the class "${label}" is none of ${classes.join(', ')}`)
  }
  const several: ReadingNote[] =
    labels.length > 1
      ? [{ kind: 'several-labels', detail: `region ${id}: took the first of ${labels.join(', ')}` }]
      : []
  return fitToImage({ class: label, xyxy, polygons, region, size, notes: [...notes, ...several] })
}

/** Null when the editor had the image, upright and of our proportions, on screen. */
function imageProblem(region: AnyRegion, size: ImageSize): Refusal | null {
  const { id, original_width: width, original_height: height } = region
  if (
    width === null ||
    width === undefined ||
    height === null ||
    height === undefined ||
    width <= 1 ||
    height <= 1
  ) {
    return { code: 'image-not-loaded', detail: `region ${id} was saved although the image had not loaded` }
  }
  if (Math.abs((width * size.height) / (height * size.width) - 1) > aspectTolerance) {
    const expected = `${size.width} x ${size.height}`
    return {
      code: 'image-not-loaded',
      detail: `region ${id}: expected an image of ${expected}, got ${width} x ${height}`,
    }
  }
  if ((region.image_rotation ?? 0) % 360 !== 0) {
    return {
      code: 'unreadable-region',
      detail: `region ${id} was drawn on the image turned by ${region.image_rotation} degrees`,
    }
  }
  return null
}

interface Shape {
  readonly labels: readonly string[]
  readonly xyxy: Xyxy
  readonly polygons?: readonly Polygon[] | undefined
  readonly notes: readonly ReadingNote[]
}

function rectangleShape({ id, value }: RectangleRegion, size: ImageSize): Shape {
  const notes: ReadingNote[] = []
  if (value.rotation % 360 !== 0) {
    notes.push({
      kind: 'rotated',
      detail: `region ${id} by ${value.rotation} degrees: took the upright box around it`,
    })
  }
  if (value.width < 0 || value.height < 0) {
    notes.push({ kind: 'negative-size', detail: `region ${id} had a negative side: turned round` })
  }
  return { labels: value.rectanglelabels, xyxy: fromRectangle(value, size), notes }
}

function polygonShape({ id, value }: PolygonRegion, size: ImageSize, task: 'detect' | 'segment'): Shape {
  const points = value.points.map(([x, y]) => [(x / 100) * size.width, (y / 100) * size.height] as const)
  // Two points are no outline: somebody stopped drawing.
  if (task === 'segment' && points.length > 2) {
    const polygons = [fromPercentPoints(value.points, size)]
    return { labels: value.polygonlabels, xyxy: hull(points), polygons, notes: [] }
  }
  const detail = `region ${id} is a polygon: took the upright box around it`
  return { labels: value.polygonlabels, xyxy: hull(points), notes: [{ kind: 'polygon', detail }] }
}

function fitToImage(shape: {
  class: string
  xyxy: Xyxy
  polygons?: readonly Polygon[] | undefined
  region: AnyRegion
  size: ImageSize
  notes: readonly ReadingNote[]
}): Reading {
  const { id, origin, score } = shape.region
  const xyxy = clampToImage(shape.xyxy, shape.size)
  const notes = [...shape.notes]
  const overshoot = Math.max(...xyxy.map((value, index) => Math.abs(value - (shape.xyxy[index] ?? value))))
  if (overshoot > silentOvershoot) {
    notes.push({
      kind: 'clamped',
      detail: `region ${id} reached ${overshoot.toFixed(1)} px beyond the image: cut off`,
    })
  }
  if (isDegenerate(xyxy)) {
    notes.push({ kind: 'degenerate', detail: `region ${id} is thinner than a pixel: left out` })
    return { box: null, notes }
  }
  const outlined = shape.polygons === undefined ? {} : { polygons: shape.polygons }
  return { box: { class: shape.class, xyxy, score: score ?? null, ...outlined, origin, region: id }, notes }
}
