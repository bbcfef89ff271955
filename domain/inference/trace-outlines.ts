import { signedArea, type Point } from '../polygon.ts'
import type { MaskField } from './mask-field.ts'

/** Right, down, left, up; y points down. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const

/** Keeps corners off the centres of pixels, so that each pixel stays clearly inside or outside. */
const least = 0.02

/**
 * The outer outlines of a mask, clockwise as seen, in pixels of the model's input. A corner lies between each pixel of
 * the mask and its neighbour outside, where the field crosses 0 (marching squares), at the pixel's edge where the field
 * ends: the pixels whose centres an outline holds are exactly the mask's, holes filled. Pixels that touch by a corner
 * belong together.
 */
export function traceOutlines(field: MaskField): Point[][] {
  const { width, height, values } = field
  const valueAt = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? Number.NaN : (values[y * width + x] ?? 0)
  const isInside = (x: number, y: number): boolean => valueAt(x, y) > 0
  // Every outline goes right along the upper edge of some pixel.
  const walked = new Uint8Array(width * height)

  const walk = (startX: number, startY: number): Point[] => {
    const outline: Point[] = []
    let [x, y, direction] = [startX, startY, 0]
    do {
      if (direction === 0) walked[y * width + x] = 1
      const [aheadX, aheadY] = steps[direction] ?? steps[0]
      const [leftX, leftY] = [aheadY, -aheadX]
      const share = crossing(valueAt(x, y), valueAt(x + leftX, y + leftY))
      outline.push([field.left + x + 0.5 + leftX * share, field.top + y + 0.5 + leftY * share])
      if (isInside(x + aheadX + leftX, y + aheadY + leftY)) {
        x += aheadX + leftX
        y += aheadY + leftY
        direction = (direction + 3) % 4
      } else if (isInside(x + aheadX, y + aheadY)) {
        x += aheadX
        y += aheadY
      } else direction = (direction + 1) % 4
    } while (x !== startX || y !== startY || direction !== 0)
    return outline
  }

  const outlines: Point[][] = []
  for (let at = 0; at < values.length; at += 1) {
    const isUpperEdge = (values[at] ?? 0) > 0 && !((values[at - width] ?? 0) > 0)
    if (!isUpperEdge || walked[at] === 1) continue
    const outline = walk(at % width, Math.floor(at / width))
    if (signedArea(outline) > 0) outlines.push(outline)
  }
  return outlines
}

/** Share of the way from a pixel inside to its neighbour at which the field is 0; half way when the field ends there. */
function crossing(inside: number, outside: number): number {
  if (Number.isNaN(outside)) return 0.5
  return Math.min(Math.max(inside / (inside - outside), least), 1 - least)
}
