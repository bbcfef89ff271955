import type { LabelledBox } from '../box.ts'
import { allAreas, isOutside, type AreaRange } from './area-ranges.ts'
import type { ScoredImage, TruthBox } from './scored-images.ts'
import { boxShapes, type Shapes } from './shapes.ts'

/** IoU 0.50 to 0.95 by 0.05: the thresholds of COCO's mAP, to the last bit as numpy's linspace makes them. */
export const cocoThresholds: readonly number[] = Array.from({ length: 10 }, (_, index) =>
  index === 9 ? 0.95 : 0.5 + index * ((0.95 - 0.5) / 9),
)

/** COCO counts the 100 best detections of an image and class. */
const maxDetections = 100

/** All detections of one class over all images, best first, with what they matched at each IoU threshold. */
export interface ClassMatches {
  readonly class: string
  readonly scores: Float64Array
  /** Index of the image of each detection. */
  readonly images: Int32Array
  /** Bit t set: a true positive at `cocoThresholds[t]`. */
  readonly hits: Int32Array
  /** Bit t set: neither right nor wrong at `cocoThresholds[t]` (part of a crowd, or not of the size asked for). */
  readonly ignored: Int32Array
  /** Ground-truth boxes by image: those to be found. */
  readonly truthByImage: Int32Array
}

export interface MatchOptions {
  /** Sizes that count; all when left out. */
  readonly range?: AreaRange
  /** Of each image: see `shapesOf`. Boxes when left out. */
  readonly shapes?: readonly Shapes[]
}

interface Target {
  readonly box: TruthBox
  readonly crowd: boolean
  /** Nobody has to find it, and who finds it is not wrong: a crowd, or an object of another size. */
  readonly ignored: boolean
}

interface Row {
  readonly score: number
  readonly image: number
  readonly hits: number
  readonly ignored: number
}

/**
 * Matches as pycocotools' `COCOeval.evaluateImg` does: within an image and class the detections choose in order of score,
 * each the free box with the best IoU at or above the threshold, the later of two equal ones. A box that counts goes before
 * one that is ignored; a crowd is never used up, and its overlap is the share of the detection that lies in it. A detection
 * outside of the area range that matched nothing is ignored too.
 * @throws RangeError for a prediction without a score: an order that nobody gave would make up an average precision.
 */
export function matchClass(
  images: readonly ScoredImage[],
  name: string,
  { range = allAreas, shapes: given }: MatchOptions = {},
): ClassMatches {
  const rows: Row[] = []
  const truthByImage = new Int32Array(images.length)
  images.forEach(({ predicted, truth }, image) => {
    const shapes = given?.[image] ?? boxShapes
    const targets = targetsOf(truth, name, range, shapes)
    truthByImage[image] = targets.filter(({ ignored }) => !ignored).length
    const detections = predicted
      .filter((box) => box.class === name)
      .map((shape) => ({ shape, score: requiredScore(shape.score) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, maxDetections)
    rows.push(...matchImage(detections, targets, range, shapes).map((found) => ({ ...found, image })))
  })
  rows.sort((a, b) => b.score - a.score)
  return {
    class: name,
    scores: Float64Array.from(rows, ({ score }) => score),
    images: Int32Array.from(rows, ({ image }) => image),
    hits: Int32Array.from(rows, ({ hits }) => hits),
    ignored: Int32Array.from(rows, ({ ignored }) => ignored),
    truthByImage,
  }
}

function requiredScore(score: number | null): number {
  if (score === null)
    throw new RangeError('Average precision needs a score on every prediction; one has none.')
  return score
}

/** Those that count first: the order in which pycocotools offers them. */
const targetsOf = (truth: readonly TruthBox[], name: string, range: AreaRange, shapes: Shapes): Target[] =>
  truth
    .filter((box) => box.class === name)
    .map((box) => {
      const crowd = box.crowd === true
      return { box, crowd, ignored: crowd || isOutside(box.area ?? shapes.area(box), range) }
    })
    .sort((a, b) => Number(a.ignored) - Number(b.ignored))

function matchImage(
  detections: readonly { readonly shape: LabelledBox; readonly score: number }[],
  targets: readonly Target[],
  range: AreaRange,
  shapes: Shapes,
): Omit<Row, 'image'>[] {
  const overlaps = detections.map(({ shape }) =>
    targets.map(({ box, crowd }) => (crowd ? shapes.containment(shape, box) : shapes.iou(shape, box))),
  )
  const outside = detections.map(({ shape }) => isOutside(shapes.area(shape), range))
  const hits = new Int32Array(detections.length)
  const ignored = new Int32Array(detections.length)
  cocoThresholds.forEach((threshold, bit) => {
    const taken = new Set<number>()
    overlaps.forEach((row, detection) => {
      const index = bestFree(row, targets, taken, threshold)
      const target = targets[index]
      if (target !== undefined) taken.add(index)
      const kept = target === undefined ? outside[detection] === true : target.ignored
      if (kept) ignored[detection] = (ignored[detection] ?? 0) | (1 << bit)
      else if (target !== undefined) hits[detection] = (hits[detection] ?? 0) | (1 << bit)
    })
  })
  return detections.map(({ score }, index) => ({
    score,
    hits: hits[index] ?? 0,
    ignored: ignored[index] ?? 0,
  }))
}

function bestFree(
  overlaps: readonly number[],
  targets: readonly Target[],
  taken: ReadonlySet<number>,
  threshold: number,
): number {
  let best = Math.min(threshold, 1 - 1e-10)
  let chosen = -1
  for (const [index, { crowd, ignored }] of targets.entries()) {
    if (taken.has(index) && !crowd) continue
    if (ignored && targets[chosen]?.ignored === false) break
    const overlap = overlaps[index] ?? 0
    if (overlap < best) continue
    best = overlap
    chosen = index
  }
  return chosen
}
