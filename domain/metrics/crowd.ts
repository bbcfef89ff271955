import type { LabelledBox } from '../box.ts'
import { containment } from '../iou.ts'
import { matchBoxes, matchIou } from '../match.ts'
import type { ScoredImage, TruthBox } from './scored-images.ts'

/** True when half of the box lies in a crowd region of its class: COCO divides by the detection's area, not the union. */
export const isInCrowd = (box: LabelledBox, truth: readonly TruthBox[]): boolean =>
  truth.some(
    ({ crowd, class: name, xyxy }) =>
      crowd === true && name === box.class && containment(box.xyxy, xyxy) >= matchIou,
  )

/** The image without its crowd regions, and without those predictions that are right only in being part of one. */
export function withoutCrowd<Image extends Pick<ScoredImage, 'predicted' | 'truth'>>(image: Image): Image {
  const { predicted, truth } = image
  const single = truth.filter(({ crowd }) => crowd !== true)
  if (single.length === truth.length) return image
  const right = new Set(
    matchBoxes(predicted, single)
      .pairs.filter(({ pass }) => pass === 'same-class')
      .map(({ a }) => a),
  )
  return {
    ...image,
    truth: single,
    predicted: predicted.filter((box, index) => right.has(index) || !isInCrowd(box, truth)),
  }
}
