import { iou } from '../iou.ts'
import type { ScoredImage } from './scored-images.ts'

/** IoU 0.50 to 0.95 by 0.05: the thresholds of COCO's mAP. */
export const cocoThresholds: readonly number[] = Array.from({ length: 10 }, (_, index) => 0.5 + 0.05 * index)

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
  /** Ground-truth boxes by image. */
  readonly truthByImage: Int32Array
}

/**
 * Matches as pycocotools' `COCOeval.evaluateImg` does (no crowd regions): within an image and class the detections choose in
 * order of score, each the free box with the best IoU at or above the threshold, the later of two equal ones.
 */
export function matchClass(images: readonly ScoredImage[], name: string): ClassMatches {
  const rows: { score: number; image: number; hits: number }[] = []
  const truthByImage = new Int32Array(images.length)
  images.forEach(({ predicted, truth }, image) => {
    const boxes = truth.filter((box) => box.class === name).map(({ xyxy }) => xyxy)
    truthByImage[image] = boxes.length
    const detections = predicted
      .filter((box) => box.class === name)
      .sort((a, b) => (b.score ?? 0) - (a.score ?? 0))
      .slice(0, maxDetections)
    const overlaps = detections.map(({ xyxy }) => boxes.map((box) => iou(xyxy, box)))
    const hits = new Int32Array(detections.length)
    cocoThresholds.forEach((threshold, bit) => {
      const taken = new Set<number>()
      overlaps.forEach((row, detection) => {
        const chosen = bestFree(row, taken, threshold)
        if (chosen < 0) return
        taken.add(chosen)
        hits[detection] = (hits[detection] ?? 0) | (1 << bit)
      })
    })
    detections.forEach(({ score }, index) => rows.push({ score: score ?? 0, image, hits: hits[index] ?? 0 }))
  })
  rows.sort((a, b) => b.score - a.score)
  return {
    class: name,
    scores: Float64Array.from(rows, ({ score }) => score),
    images: Int32Array.from(rows, ({ image }) => image),
    hits: Int32Array.from(rows, ({ hits }) => hits),
    truthByImage,
  }
}

function bestFree(overlaps: readonly number[], taken: ReadonlySet<number>, threshold: number): number {
  let best = Math.min(threshold, 1 - 1e-10)
  let chosen = -1
  overlaps.forEach((overlap, index) => {
    if (taken.has(index) || overlap < best) return
    best = overlap
    chosen = index
  })
  return chosen
}
