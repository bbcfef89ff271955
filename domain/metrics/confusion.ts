import { iou } from '../iou.ts'
import { matchIou } from '../match.ts'
import { isInCrowd, singleBoxes } from './crowd.ts'
import type { ScoredImage } from './scored-images.ts'

/** How often a class was taken for another; null is the background: nothing there, or nothing said. */
export interface ConfusionCell {
  readonly truth: string | null
  readonly predicted: string | null
  readonly count: number
}

/**
 * Confusion matrix with background, only its cells that are not zero. Boxes are paired whatever their class, greedy by IoU
 * from 0.5 (of equals the one of the same class), each used once; a truth box left over is missed, a prediction left over is
 * invented unless it is part of a crowd. Scores are not looked at: drop what is below the threshold first.
 */
export function confusionMatrix(
  images: readonly Pick<ScoredImage, 'predicted' | 'truth'>[],
): ConfusionCell[] {
  const counts = new Map<string | null, Map<string | null, number>>()
  const add = (truth: string | null, predicted: string | null): void => {
    const row = counts.get(truth) ?? new Map<string | null, number>()
    counts.set(truth, row.set(predicted, (row.get(predicted) ?? 0) + 1))
  }
  for (const { predicted, truth } of images) {
    const said = singleBoxes(predicted)
    const single = singleBoxes(truth)
    const partners = pairAnyClass(said, single)
    const found = new Set(partners.values())
    said.forEach((box, index) => {
      const partner = single[partners.get(index) ?? -1]
      if (partner !== undefined) add(partner.class, box.class)
      else if (!isInCrowd(box, truth)) add(null, box.class)
    })
    single.forEach((box, index) => {
      if (!found.has(index) && !isInCrowd(box, predicted)) add(box.class, null)
    })
  }
  return [...counts].flatMap(([truth, row]) =>
    [...row].map(([predicted, count]) => ({ truth, predicted, count })),
  )
}

/** Index of the truth box of each prediction that has one. */
function pairAnyClass(
  predicted: ScoredImage['predicted'],
  truth: ScoredImage['truth'],
): ReadonlyMap<number, number> {
  const candidates = predicted.flatMap((box, a) =>
    truth.flatMap((target, b) => {
      const overlap = iou(box.xyxy, target.xyxy)
      return overlap < matchIou ? [] : [{ a, b, overlap, other: Number(box.class !== target.class) }]
    }),
  )
  candidates.sort((x, y) => y.overlap - x.overlap || x.other - y.other || x.a - y.a || x.b - y.b)
  const partners = new Map<number, number>()
  const used = new Set<number>()
  for (const { a, b } of candidates) {
    if (partners.has(a) || used.has(b)) continue
    partners.set(a, b)
    used.add(b)
  }
  return partners
}
