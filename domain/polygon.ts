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

/** Area inside an outline in square pixels (shoelace formula), whichever way round it goes. */
export function polygonArea(outline: Polygon): number {
  const twice = outline.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = outline[(index + 1) % outline.length] ?? [x, y]
    return sum + x * nextY - nextX * y
  }, 0)
  return Math.abs(twice) / 2
}
