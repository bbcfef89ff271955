import type { ImageSize, Xyxy } from './box.ts'

/** Share of a tile's side that it has in common with its neighbour: an object up to that size lies whole in one of them. */
const overlap = 0.2

/** Most tiles a side that can be asked for. */
export const mostTilesASide = 4

/**
 * What is looked at when an image is cut into `side` by `side` overlapping tiles, in whole pixels: the whole image first,
 * for what is larger than a tile, then the tiles row by row. With `side` 1 the image alone.
 */
export function tilesOf({ width, height }: ImageSize, side: number): Xyxy[] {
  const whole: Xyxy = [0, 0, width, height]
  if (side <= 1) return [whole]
  const columns = stretches(width, side)
  const rows = stretches(height, side)
  return [whole, ...rows.flatMap(([y1, y2]) => columns.map(([x1, x2]): Xyxy => [x1, y1, x2, y2]))]
}

/** How many pictures {@link tilesOf} gives. */
export const tileCount = (side: number): number => (side <= 1 ? 1 : side * side + 1)

function stretches(length: number, count: number): (readonly [number, number])[] {
  const stretch = Math.ceil(length / (count - (count - 1) * overlap))
  return Array.from({ length: count }, (_, index) => {
    const start = count === 1 ? 0 : Math.round((index * (length - stretch)) / (count - 1))
    return [start, start + stretch] as const
  })
}
