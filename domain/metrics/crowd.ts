import type { LabelledBox } from '../box.ts'
import { containment } from '../iou.ts'
import { matchBoxes, matchIou } from '../match.ts'

type Region = Pick<LabelledBox, 'class' | 'xyxy' | 'crowd'>

const isCrowd = ({ crowd }: Region): boolean => crowd === true

/** The boxes of single objects: without crowd regions. */
export const singleBoxes = <Box extends Region>(boxes: readonly Box[]): readonly Box[] =>
  boxes.some(isCrowd) ? boxes.filter((box) => !isCrowd(box)) : boxes

/** True when half of the box lies in a crowd region of its class: COCO divides by the detection's area, not the union. */
export const isInCrowd = (box: Region, regions: readonly Region[]): boolean =>
  regions.some(
    (region) =>
      isCrowd(region) && region.class === box.class && containment(box.xyxy, region.xyxy) >= matchIou,
  )

/**
 * Two sources' boxes without crowd regions, and without those boxes that a crowd of the other side accounts for: inside of
 * a crowd nothing is missed and nothing is invented. A box that finds a single object of its class stays.
 */
export function withoutCrowds<A extends Region, B extends Region>(
  a: readonly A[],
  b: readonly B[],
): { readonly a: readonly A[]; readonly b: readonly B[] } {
  const single = { a: singleBoxes(a), b: singleBoxes(b) }
  if (single.a === a && single.b === b) return { a, b }
  const pairs = matchBoxes(single.a, single.b).pairs.filter(({ pass }) => pass === 'same-class')
  const found = { a: new Set(pairs.map((pair) => pair.a)), b: new Set(pairs.map((pair) => pair.b)) }
  return {
    a: single.a.filter((box, index) => found.a.has(index) || !isInCrowd(box, b)),
    b: single.b.filter((box, index) => found.b.has(index) || !isInCrowd(box, a)),
  }
}
