import type { Point, Polygon } from './polygon.ts'

/** Sum over the sides of an outline, each with its end. */
function overSides(outline: Polygon, term: (from: Point, to: Point) => number): number {
  let from = outline.at(-1)
  if (from === undefined) return 0
  let sum = 0
  for (const to of outline) {
    sum += term(from, to)
    from = to
  }
  return sum
}

/** Square pixels (shoelace formula); negative when the outline goes anticlockwise as seen, y pointing down. */
export const signedArea = (outline: Polygon): number =>
  overSides(outline, ([x, y], [nextX, nextY]) => x * nextY - nextX * y) / 2

export const perimeter = (outline: Polygon): number =>
  overSides(outline, ([x, y], [nextX, nextY]) => Math.hypot(nextX - x, nextY - y))

/** Whether a point lies inside an outline (even-odd rule). */
export const holdsPoint = (outline: Polygon, [pointX, pointY]: Point): boolean =>
  overSides(outline, ([x, y], [nextX, nextY]) => {
    if (y > pointY === nextY > pointY) return 0
    return pointX < x + ((pointY - y) / (nextY - y)) * (nextX - x) ? 1 : 0
  }) %
    2 ===
  1
