import { cocoThresholds, matchClass, type ClassMatches, type MatchOptions } from './coco-matching.ts'
import type { ScoredImage } from './scored-images.ts'

/** Recall 0.00 to 1.00 by 0.01, as numpy's linspace makes them. */
const recallPoints: readonly number[] = Array.from({ length: 101 }, (_, index) =>
  index === 100 ? 1 : index * 0.01,
)

export interface AveragePrecision {
  /** Mean over classes that have ground truth; NaN when none has. */
  readonly map: number
  readonly map50: number
  readonly byClass: Readonly<
    Record<string, { readonly ap: number; readonly ap50: number; readonly boxes: number }>
  >
}

/** Everything average precision needs, matched once; resampling images only changes their weights. */
export type MatchedClasses = readonly ClassMatches[]

export const matchClasses = (
  images: readonly ScoredImage[],
  classes: readonly string[],
  options?: MatchOptions,
): MatchedClasses => classes.map((name) => matchClass(images, name, options))

/** COCO average precision (101-point, area all, 100 detections), equal to pycocotools on the same detections. */
export const averagePrecision = (
  images: readonly ScoredImage[],
  classes: readonly string[],
  options?: MatchOptions,
): AveragePrecision =>
  weightedAveragePrecision(matchClasses(images, classes, options), new Int32Array(images.length).fill(1))

/** @param weights how often each image counts: all 1 for the plain figure, multiplicities of a resample for a bootstrap. */
export function weightedAveragePrecision(matched: MatchedClasses, weights: Int32Array): AveragePrecision {
  const byClass: Record<string, { ap: number; ap50: number; boxes: number }> = {}
  let sum = 0
  let sum50 = 0
  let counted = 0
  for (const matches of matched) {
    const boxes = matches.truthByImage.reduce(
      (total, count, image) => total + count * (weights[image] ?? 0),
      0,
    )
    if (boxes === 0) continue
    const precisions = cocoThresholds.map((_, bit) => precisionAt(matches, weights, bit, boxes))
    const ap = precisions.reduce((total, value) => total + value, 0) / precisions.length
    const ap50 = precisions[0] ?? 0
    byClass[matches.class] = { ap, ap50, boxes }
    sum += ap
    sum50 += ap50
    counted += 1
  }
  return { map: sum / counted, map50: sum50 / counted, byClass }
}

/** One class at one IoU threshold. Precision can only peak at a true positive, so only those are kept. */
function precisionAt(
  { images, hits, ignored }: ClassMatches,
  weights: Int32Array,
  bit: number,
  boxes: number,
): number {
  const recalls: number[] = []
  const precisions: number[] = []
  let detections = 0
  let found = 0
  for (let index = 0; index < images.length; index += 1) {
    const weight = weights[images[index] ?? 0] ?? 0
    if (weight === 0 || (((ignored[index] ?? 0) >> bit) & 1) === 1) continue
    detections += weight
    if ((((hits[index] ?? 0) >> bit) & 1) === 0) continue
    found += weight
    recalls.push(found / boxes)
    precisions.push(found / (detections + Number.EPSILON))
  }
  for (let index = precisions.length - 2; index >= 0; index -= 1) {
    precisions[index] = Math.max(precisions[index] ?? 0, precisions[index + 1] ?? 0)
  }
  let total = 0
  let at = 0
  for (const recall of recallPoints) {
    while (at < recalls.length && (recalls[at] ?? 0) < recall) at += 1
    if (at >= recalls.length) break
    total += precisions[at] ?? 0
  }
  return total / recallPoints.length
}
