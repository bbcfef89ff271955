import type { Point, Polygon } from './polygon.ts'

/**
 * The outline with fewer corners: none that is left out lies further from the new outline than `tolerance`, in the unit of
 * the points (Douglas and Peucker 1973, on the two halves between the first corner and the one furthest from it). An
 * outline that would become a line comes back as it is.
 */
export function simplifyPolygon(outline: Polygon, tolerance: number): Polygon {
  const [first] = outline
  if (first === undefined || outline.length <= 4) return outline
  const far = furthest(outline, (point) => Math.hypot(point[0] - first[0], point[1] - first[1]))
  const there = thinned(outline.slice(0, far.index + 1), tolerance)
  const back = thinned([...outline.slice(far.index), first], tolerance)
  const simple = [...there.slice(0, -1), ...back.slice(0, -1)]
  return simple.length < 3 ? outline : simple
}

/** The outline with at most so many corners: as much tolerance as that takes, at least `tolerance`. */
export function fewerCorners(outline: Polygon, most: number, tolerance: number): Polygon {
  let simple = simplifyPolygon(outline, tolerance)
  for (let more = tolerance * 1.5; simple.length > most && more < 1e6; more *= 1.5) {
    simple = simplifyPolygon(outline, more)
  }
  return simple
}

/** Both ends of an open line, and between them the corners that matter. */
function thinned(line: readonly Point[], tolerance: number): readonly Point[] {
  const keep = new Set([0, line.length - 1])
  const open: [number, number][] = [[0, line.length - 1]]
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span
    const [a, b] = [line[from], line[to]]
    if (a === undefined || b === undefined || to - from < 2) continue
    const far = furthest(line.slice(from + 1, to), (point) => distanceToSegment(point, a, b))
    if (far.distance <= tolerance) continue
    const corner = from + 1 + far.index
    keep.add(corner)
    open.push([from, corner], [corner, to])
  }
  return line.filter((_, index) => keep.has(index))
}

function furthest(points: readonly Point[], distanceOf: (point: Point) => number) {
  let [index, distance] = [0, -1]
  points.forEach((point, at) => {
    const here = distanceOf(point)
    if (here > distance) [index, distance] = [at, here]
  })
  return { index, distance }
}

function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length))
  return Math.hypot(x - ax - along * dx, y - ay - along * dy)
}
