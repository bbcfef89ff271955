/** Pixels that {@link differenceHash} reads: one more column than bits in a row. */
export const dhashSize = { width: 9, height: 8 } as const

/**
 * 64-bit difference hash (Krawetz 2013) of a picture shrunk to 9x8 grey values, row by row: a bit is 1 where a pixel is
 * brighter than its left neighbour. Returns 16 lower-case hex digits, the first bit being the highest.
 * @throws when there are not exactly 72 values.
 */
export function differenceHash(grey: ArrayLike<number>): string {
  const { width, height } = dhashSize
  if (grey.length !== width * height) {
    throw new Error(`A difference hash needs ${width * height} grey values and got ${grey.length}.`)
  }
  let hex = ''
  for (let y = 0; y < height; y++) {
    let row = 0
    for (let x = 0; x < width - 1; x++) {
      const left = grey[y * width + x] ?? 0
      const right = grey[y * width + x + 1] ?? 0
      row = row * 2 + (right > left ? 1 : 0)
    }
    hex += row.toString(16).padStart(2, '0')
  }
  return hex
}

/** A difference hash as two unsigned 32-bit halves, for fast comparison. */
export interface DhashHalves {
  readonly high: number
  readonly low: number
}

/** @throws when `hex` is not 16 hex digits. */
export function parseDhash(hex: string): DhashHalves {
  if (!/^[0-9a-f]{16}$/.test(hex)) throw new Error(`A difference hash is 16 hex digits; got "${hex}".`)
  return { high: Number.parseInt(hex.slice(0, 8), 16), low: Number.parseInt(hex.slice(8), 16) }
}

/** Number of set bits of a 32-bit integer (Hacker's Delight, figure 5-2). */
export function popcount32(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555)
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333)
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Number of bits in which two hashes differ, 0 to 64. */
export const hammingDistance = (a: DhashHalves, b: DhashHalves): number =>
  popcount32(a.high ^ b.high) + popcount32(a.low ^ b.low)
