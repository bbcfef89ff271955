import { boxArea, type Xyxy } from './box.ts'

/** Area in square pixels that two boxes share. */
export function intersectionArea(a: Xyxy, b: Xyxy): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0])
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1])
  return width > 0 && height > 0 ? width * height : 0
}

/** Intersection over union, 0 to 1. Two empty boxes have 0. */
export function iou(a: Xyxy, b: Xyxy): number {
  const shared = intersectionArea(a, b)
  const union = boxArea(a) + boxArea(b) - shared
  return union > 0 ? shared / union : 0
}

/** Share of `inner`'s area that lies inside `outer`, 0 to 1. */
export function containment(inner: Xyxy, outer: Xyxy): number {
  const area = boxArea(inner)
  return area > 0 ? intersectionArea(inner, outer) / area : 0
}
