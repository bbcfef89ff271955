import type { ImageSize } from './box.ts'
import { hull, type Polygon } from './polygon.ts'

/**
 * The pixels of a mask as runs: `[start, end, start, end, …]`, rising, where a pixel's place is `x * height + y`. Column by
 * column, as COCO's run-length encoding goes, so that what pycocotools counts is counted here.
 */
export interface MaskRuns {
  readonly bounds: readonly number[]
  /** Number of pixels. */
  readonly area: number
}

/** Corners are followed on a grid so many times as fine as the pixels (pycocotools `rleFrPoly`). */
const scale = 5

/**
 * The pixels inside of outlines, in pixels of the displayed image and cut to it. Pixel for pixel pycocotools'
 * `maskUtils.merge(maskUtils.frPyObjects(outlines, height, width))` (`maskApi.c`, `rleFrPoly`): what decides about a pixel is
 * where the outline crosses its column, and its edges are rounded as there.
 */
export function rasterise(outlines: readonly Polygon[], size: ImageSize): MaskRuns {
  const [first, ...more] = outlines.map((outline) => runsOf(crossings(outline, size), size))
  return more.reduce((whole, part) => unite(whole, part), first ?? { bounds: [], area: 0 })
}

/** Intersection over union of what two sets of outlines hold, 0 to 1, wherever they lie. */
export function outlineIou(a: readonly Polygon[], b: readonly Polygon[]): number {
  const [, , right, bottom] = hull([...a, ...b].flat())
  const size = { width: Math.ceil(right) + 1, height: Math.ceil(bottom) + 1 }
  const [ours, theirs] = [rasterise(a, size), rasterise(b, size)]
  const shared = sharedPixels(ours, theirs)
  const union = ours.area + theirs.area - shared
  return union > 0 ? shared / union : 0
}

/** Number of pixels that two masks of one image share. */
export function sharedPixels({ bounds: a }: MaskRuns, { bounds: b }: MaskRuns): number {
  let shared = 0
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const [endA, endB] = [a[i + 1] ?? 0, b[j + 1] ?? 0]
    shared += Math.max(0, Math.min(endA, endB) - Math.max(a[i] ?? 0, b[j] ?? 0))
    if (endA < endB) i += 2
    else j += 2
  }
  return shared
}

function unite({ bounds: a }: MaskRuns, { bounds: b }: MaskRuns): MaskRuns {
  const runs: (readonly [start: number, end: number])[] = []
  for (const bounds of [a, b])
    for (let at = 0; at < bounds.length; at += 2) runs.push([bounds[at] ?? 0, bounds[at + 1] ?? 0])
  runs.sort((x, y) => x[0] - y[0])
  const bounds: number[] = []
  for (const [start, end] of runs) {
    const last = bounds.at(-1)
    if (last === undefined || start > last) bounds.push(start, end)
    else bounds[bounds.length - 1] = Math.max(last, end)
  }
  return { bounds, area: areaOf(bounds) }
}

/** Every crossing begins or ends a run; what is still open at the end of the image ends there, as in the reference. */
function runsOf(places: number[], { width, height }: ImageSize): MaskRuns {
  places.sort((a, b) => a - b)
  const bounds: number[] = []
  for (let at = 0; at < places.length; at += 2) {
    const [start, end] = [places[at] ?? 0, places[at + 1] ?? width * height]
    if (end > start) bounds.push(start, end)
  }
  return { bounds, area: areaOf(bounds) }
}

function areaOf(bounds: readonly number[]): number {
  let area = 0
  for (let at = 0; at < bounds.length; at += 2) area += (bounds[at + 1] ?? 0) - (bounds[at] ?? 0)
  return area
}

/** Where an outline crosses the middle line of a pixel column: the first pixel below the crossing. */
function crossings(outline: Polygon, { width, height }: ImageSize): number[] {
  const places: number[] = []
  let [lastX, lastY]: [number | null, number] = [null, 0]
  for (const [x, y] of finePoints(outline)) {
    if (lastX !== null && x !== lastX) {
      const column = ((x < lastX ? x : x - 1) + 0.5) / scale - 0.5
      if (Number.isInteger(column) && column >= 0 && column <= width - 1) {
        const row = (Math.min(y, lastY) + 0.5) / scale - 0.5
        places.push(column * height + Math.ceil(Math.min(Math.max(row, 0), height)))
      }
    }
    lastX = x
    lastY = y
  }
  return places
}

/** Every point of the fine grid along an outline, in its order, both ends of each side included. C's cast cuts off towards 0. */
function* finePoints(outline: Polygon): Generator<readonly [x: number, y: number]> {
  const corners = outline.map(([x, y]) => [Math.trunc(scale * x + 0.5), Math.trunc(scale * y + 0.5)] as const)
  for (const [index, from] of corners.entries()) {
    const to = corners[(index + 1) % corners.length] ?? from
    const [dx, dy] = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])]
    // A side is drawn from its lower end along its longer axis, so that it is rounded alike in both directions.
    const axis = dx >= dy ? 0 : 1
    const flipped = from[axis] > to[axis]
    const [start, end] = flipped ? [to, from] : [from, to]
    const steps = Math.max(dx, dy)
    const slope = steps === 0 ? 0 : (end[1 - axis] ?? 0) - (start[1 - axis] ?? 0)
    for (let step = 0; step <= steps; step += 1) {
      const along = flipped ? steps - step : step
      const across = Math.trunc((start[1 - axis] ?? 0) + (steps === 0 ? 0 : slope / steps) * along + 0.5)
      yield axis === 0 ? [along + start[0], across] : [across, along + start[1]]
    }
  }
}
