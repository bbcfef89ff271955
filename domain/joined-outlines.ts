import type { Point, Polygon } from './polygon.ts'

/**
 * Several outlines of one instance as one ring, for formats that know only one: each is tied to the others by a line of no
 * width, there and back between the two nearest corners. Ultralytics joins COCO's parts in this way
 * (`merge_multi_segment`). {@link separateOutlines} takes them apart again.
 */
export function joinOutlines(outlines: readonly Polygon[]): Polygon {
  const [first = [], ...rest] = outlines.map(withoutRepeats).filter((outline) => outline.length > 2)
  return rest.reduce((ring, outline) => {
    const [at, from] = nearestCorners(ring, outline)
    const turned = [...outline.slice(from), ...outline.slice(0, from + 1)]
    return [...ring.slice(0, at + 1), ...turned, ...ring.slice(at)]
  }, first)
}

/** The outlines that a ring was joined of: cut wherever a line is walked there and back. Pieces of no area are dropped. */
export function separateOutlines(ring: Polygon): Polygon[] {
  const found: Polygon[] = []
  const open: Polygon[] = [ring]
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    // Outlines that touch were joined by a line of no length: a corner said twice. Those first: they cannot be mistaken.
    const cut = findRetraced(current, (from, to) => from === to) ?? findRetraced(current, () => true)
    if (cut !== null) open.push(...splitAt(current, cut))
    else found.push(withoutRepeats(current))
  }
  return found.filter((outline) => outline.length > 2)
}

const isSame = ([ax, ay]: Point, [bx, by]: Point): boolean => ax === bx && ay === by

/** Corners that are said again right after themselves, the last after the first included, say nothing. */
function withoutRepeats(outline: Polygon): Polygon {
  return outline.filter((point, index) => !isSame(point, outline[(index + 1) % outline.length] ?? point))
}

function nearestCorners(ring: Polygon, outline: Polygon): readonly [number, number] {
  let [at, from, least] = [0, 0, Infinity]
  ring.forEach(([ax, ay], i) => {
    outline.forEach(([bx, by], j) => {
      const distance = (ax - bx) ** 2 + (ay - by) ** 2
      if (distance < least) [at, from, least] = [i, j, distance]
    })
  })
  return [at, from]
}

/** Places of the first two edges that are each other's way back: `[i, k]`, edge `i` going from corner `i` to the next. */
function findRetraced(
  ring: Polygon,
  counts: (from: string, to: string) => boolean,
): readonly [number, number] | null {
  const names = ring.map(([x, y]) => `${x} ${y}`)
  const seen = new Map<string, number>()
  for (const [index, from] of names.entries()) {
    const to = names[(index + 1) % names.length] ?? from
    if (!counts(from, to)) continue
    const there = seen.get(`${to} ${from}`)
    if (there !== undefined) return [there, index]
    seen.set(`${from} ${to}`, index)
  }
  return null
}

/** What lies between the two edges, and what lies outside: their corners are in both lists once. */
const splitAt = (ring: Polygon, [there, back]: readonly [number, number]): Polygon[] => [
  ring.slice(there + 1, back),
  back === ring.length - 1
    ? ring.slice(1, there + 1)
    : [...ring.slice(0, there + 1), ...ring.slice(back + 2)],
]
