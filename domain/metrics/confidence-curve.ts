import type { MatchedClasses } from './average-precision.ts'

/** What is right when every box below a confidence is dropped; all classes together, IoU 0.5. */
export interface CurvePoint {
  readonly confidence: number
  /** TP / (TP + FP); null when nothing is left to be right or wrong. */
  readonly precision: number | null
  /** TP / (TP + FN) */
  readonly recall: number
  /** 2TP / (2TP + FP + FN) */
  readonly f1: number
}

const confidences: readonly number[] = Array.from({ length: 101 }, (_, index) => index / 100)

/**
 * Precision, recall and F1 at confidence 0 to 1 by 0.01, from COCO's matching at IoU 0.5. There the detections choose in
 * order of score, so dropping the weak ones never changes what the strong ones matched: one matching serves all points.
 * No ground truth, no curve: [].
 */
export function confidenceCurve(matched: MatchedClasses): CurvePoint[] {
  const boxes = matched.reduce(
    (total, { truthByImage }) => total + truthByImage.reduce((sum, count) => sum + count, 0),
    0,
  )
  if (boxes === 0) return []
  return confidences.map((confidence) => {
    let right = 0
    let counted = 0
    for (const { scores, hits, ignored } of matched) {
      for (let index = 0; index < scores.length && (scores[index] ?? 0) >= confidence; index += 1) {
        if (((ignored[index] ?? 0) & 1) === 1) continue
        counted += 1
        right += (hits[index] ?? 0) & 1
      }
    }
    return {
      confidence,
      precision: counted === 0 ? null : right / counted,
      recall: right / boxes,
      f1: (2 * right) / (counted + boxes),
    }
  })
}
