import type { Point } from './polygon.ts'

/**
 * An outline with fewer corners (Ramer, Douglas and Peucker): no corner that is left out lies farther than `tolerance`
 * from the side that takes its place, so the area between the two is at most tolerance x perimeter.
 */
export function simplifyOutline(outline: readonly Point[], tolerance: number): Point[] {
  const count = outline.length
  const first = outline[0]
  if (count <= 3 || first === undefined) return [...outline]
  const kept = new Uint8Array(count)
  const opposite = farthest(outline, 0, count, first, first).index
  kept[0] = 1
  kept[opposite] = 1
  const open: (readonly [from: number, to: number])[] = [
    [0, opposite],
    [opposite, count],
  ]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const [from, to] = part
    const { index, distance } = farthest(outline, from, to, outline[from] ?? first, outline[to] ?? first)
    if (distance <= tolerance) continue
    kept[index] = 1
    open.push([from, index], [index, to])
  }
  return outline.filter((_, index) => kept[index] === 1)
}

function farthest(
  outline: readonly Point[],
  from: number,
  to: number,
  start: Point,
  end: Point,
): { readonly index: number; readonly distance: number } {
  let [index, square] = [from, 0]
  for (let at = from + 1; at < to; at += 1) {
    const found = squareToSide(outline[at] ?? start, start, end)
    if (found > square) [index, square] = [at, found]
  }
  return { index, distance: Math.sqrt(square) }
}

/** Squared distance to the nearest point between `start` and `end`, both included. */
function squareToSide([x, y]: Point, [startX, startY]: Point, [endX, endY]: Point): number {
  const [sideX, sideY] = [endX - startX, endY - startY]
  const square = sideX * sideX + sideY * sideY
  const along = square === 0 ? 0 : ((x - startX) * sideX + (y - startY) * sideY) / square
  const share = Math.min(Math.max(along, 0), 1)
  return (x - startX - share * sideX) ** 2 + (y - startY - share * sideY) ** 2
}
