import type { Xyxy } from './box.ts'

/** Pixels of the displayed image, x to the right, y down. Not rounded. */
export type Point = readonly [x: number, y: number]

/** One closed outline without holes: at least three points, the last one is joined to the first. */
export type Polygon = readonly Point[]

/** The smallest upright box around points. */
export function hull(points: readonly Point[]): Xyxy {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

/** A sum over the sides of an outline. */
function overSides(outline: Polygon, term: (from: Point, to: Point) => number): number {
  return outline.reduce((sum, from, index) => {
    return sum + term(from, outline[(index + 1) % outline.length] ?? from)
  }, 0)
}

/** Area in square pixels (shoelace formula): above 0 when the outline goes clockwise on the screen, below when not. */
export const signedArea = (outline: Polygon): number =>
  overSides(outline, ([x, y], [nextX, nextY]) => x * nextY - nextX * y) / 2

/** Area inside an outline in square pixels, whichever way round it goes. */
export const polygonArea = (outline: Polygon): number => Math.abs(signedArea(outline))

/** Length of an outline in pixels. */
export const perimeter = (outline: Polygon): number =>
  overSides(outline, ([x, y], [nextX, nextY]) => Math.hypot(nextX - x, nextY - y))

/** Whether a point lies inside an outline (even-odd rule). */
export function holdsPoint(outline: Polygon, [pointX, pointY]: Point): boolean {
  const crossed = overSides(outline, ([x, y], [nextX, nextY]) => {
    if (y > pointY === nextY > pointY) return 0
    return pointX < x + ((pointY - y) / (nextY - y)) * (nextX - x) ? 1 : 0
  })
  return crossed % 2 === 1
}
