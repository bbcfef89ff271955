import { areaRanges, objectSizes, type ObjectSize } from './area-ranges.ts'
import { matchClasses, weightedAveragePrecision, type AveragePrecision } from './average-precision.ts'
import { percentileInterval, resampleByGroup } from './bootstrap.ts'
import { confidenceCurve, type CurvePoint } from './confidence-curve.ts'
import type { Interval, ScoredImage } from './scored-images.ts'
import { shapesOf, type ShapeKind, type Shapes } from './shapes.ts'

interface SizeFigures {
  readonly map50: number
  readonly map: number
  readonly boxes: number
}

/** Everything that a model with scores is measured by; score-less boxes have none of it. */
export interface PrecisionFigures {
  readonly map50: Interval
  readonly map: Interval
  readonly byClass: AveragePrecision['byClass']
  /** Null: no ground truth of that size. */
  readonly bySize: Readonly<Record<ObjectSize, SizeFigures | null>>
  readonly curve: CurvePoint[]
}

/** COCO average precision with intervals resampled by group, by class and by size, and the confidence curve; of boxes or of masks. */
export function precisionFigures(
  images: readonly ScoredImage[],
  classes: readonly string[],
  seed: string,
  kind: ShapeKind = 'box',
): PrecisionFigures {
  const shapes = shapesOf(images, kind)
  const matched = matchClasses(images, classes, { shapes })
  const plain = weightedAveragePrecision(matched, once(images))
  const groups = images.map(({ group }) => group)
  const samples = [...resampleByGroup(groups, seed)].map((weights) =>
    weightedAveragePrecision(matched, weights),
  )
  return {
    map50: percentileInterval(
      plain.map50,
      samples.map(({ map50 }) => map50),
    ),
    map: percentileInterval(
      plain.map,
      samples.map(({ map }) => map),
    ),
    byClass: plain.byClass,
    bySize: precisionBySize(images, classes, shapes),
    curve: confidenceCurve(matched),
  }
}

/** COCO's AP small, medium and large: means over the classes that have ground truth of that size. */
export function precisionBySize(
  images: readonly ScoredImage[],
  classes: readonly string[],
  shapes?: readonly Shapes[],
): PrecisionFigures['bySize'] {
  const figures = (size: ObjectSize): SizeFigures | null => {
    const matched = matchClasses(images, classes, {
      range: areaRanges[size],
      ...(shapes && { shapes }),
    })
    const { map, map50, byClass } = weightedAveragePrecision(matched, once(images))
    const boxes = Object.values(byClass).reduce((sum, one) => sum + one.boxes, 0)
    return boxes === 0 ? null : { map50, map, boxes }
  }
  const [small, medium, large] = objectSizes
  return { [small]: figures(small), [medium]: figures(medium), [large]: figures(large) }
}

const once = (images: readonly ScoredImage[]): Int32Array => new Int32Array(images.length).fill(1)
