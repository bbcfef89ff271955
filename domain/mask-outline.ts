import { signedArea, type Point, type Polygon } from './polygon.ts'

/** A picture of yes and no, row by row: what is not 0 belongs to the object. */
export interface Mask {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** East, south, west, north: each is the one before turned right, as seen on the screen. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const

/**
 * The outer rings of a mask, biggest first, in mask pixels: along the corners of pixels, clockwise on the screen, one point a
 * turn, so that the area of a ring is its number of pixels with its holes filled. Pixels that touch at a corner only are
 * different parts. Holes are left out. Found by following the cracks between pixels with the object on the right hand.
 */
export function maskOutlines(mask: Mask): Polygon[] {
  const cracks = cracksOf(mask)
  const across = mask.width + 1
  const rings: { readonly ring: Polygon; readonly area: number }[] = []
  // Every ring, that of a hole too, has a crack that goes east.
  for (let start = 0; start < cracks.length; start += 1) {
    while (((cracks[start] ?? 0) & 1) !== 0) {
      const ring = follow(cracks, start, across)
      const area = signedArea(ring)
      if (area > 0) rings.push({ ring, area })
    }
  }
  return rings.sort((a, b) => b.area - a.area).map(({ ring }) => ring)
}

/** For each corner of pixels, a bit for each direction in which an edge of the object leaves it. */
function cracksOf({ width, height, data }: Mask): Uint8Array {
  const across = width + 1
  const cracks = new Uint8Array(across * (height + 1))
  const isIn = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && (data[y * width + x] ?? 0) !== 0
  const leave = (x: number, y: number, direction: number): void => {
    const corner = y * across + x
    cracks[corner] = (cracks[corner] ?? 0) | (1 << direction)
  }
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (!isIn(x, y)) continue
      if (!isIn(x, y - 1)) leave(x, y, 0)
      if (!isIn(x + 1, y)) leave(x + 1, y, 1)
      if (!isIn(x, y + 1)) leave(x + 1, y + 1, 2)
      if (!isIn(x - 1, y)) leave(x, y + 1, 3)
    }
  }
  return cracks
}

/** Walks one ring from a crack that goes east, wiping out its cracks. Turning right first keeps parts apart that touch at a corner. */
function follow(cracks: Uint8Array, start: number, across: number): Polygon {
  const ring: Point[] = []
  let corner = start
  let direction = 0
  let before = -1
  do {
    if (direction !== before) ring.push([corner % across, Math.floor(corner / across)])
    const [dx, dy] = steps[direction] ?? [0, 0]
    // The first crack stays until the end: that it is met again is how the end is known.
    if (before !== -1) cracks[corner] = (cracks[corner] ?? 0) & ~(1 << direction)
    corner += dy * across + dx
    before = direction
    const here = cracks[corner] ?? 0
    const turns = [direction + 1, direction, direction + 3].map((next) => next % 4)
    direction = turns.find((next) => (here & (1 << next)) !== 0) ?? direction
  } while (corner !== start || direction !== 0)
  cracks[start] = (cracks[start] ?? 0) & ~1
  return ring
}
