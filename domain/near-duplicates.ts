import { hammingDistance, parseDhash, popcount32, type DhashHalves } from './dhash.ts'

/**
 * Most bits in which the difference hashes of two versions of one picture differ (64-bit dHash,
 * union-find on Hamming <= 8). Measured on 364 blood-cell photographs, which all look alike to the eye: one true pair at
 * 4 bits, no other below 13, so nothing chains; recompressed, halved or brightened copies lie at 4 or less, a 4 % crop
 * at 5 (median) to 10.
 */
export const nearDuplicateBits = 8

const bandCount = 4
const bandBits = 16
/** 8 differing bits over 4 bands leave at least one band with at most 2 of them (pigeonhole). */
const bandMasks = masksWithin2Bits()

/** Finds every kept hash near a given one. */
export interface DhashIndex {
  /** Keeps a hash and returns its number: 0, 1, 2… */
  add(hash: string): number
  /** Calls `visit` once with the number of every kept hash within {@link nearDuplicateBits} of this one. */
  visitNear(hash: string, visit: (number: number) => void): void
}

/**
 * An index of at most `capacity` difference hashes. Hashes that say nothing (at most 2 bits set or at most 2 clear: a flat
 * picture or a plain gradient) are near nothing.
 *
 * Each hash is cut into four 16-bit bands; a lookup probes the 137 band values within 2 bits of its own in each band:
 * complete, and about 550 probes instead of one comparison with each. Callers look up each distinct hash once.
 */
export function createDhashIndex(capacity: number): DhashIndex {
  const kept: DhashHalves[] = []
  const heads = Array.from({ length: bandCount }, () => new Int32Array(2 ** bandBits).fill(-1))
  const next = Array.from({ length: bandCount }, () => new Int32Array(capacity))
  const lastLookup = new Int32Array(capacity)
  let lookups = 0
  return {
    add(hash) {
      const halves = parseDhash(hash)
      const number = kept.push(halves) - 1
      if (number >= capacity) throw new Error(`This index was made for ${capacity} hashes.`)
      if (saysNothing(halves)) return number
      heads.forEach((head, band) => {
        const value = bandOf(halves, band)
        next[band]?.set([head[value] ?? -1], number)
        head[value] = number
      })
      return number
    },
    visitNear(hash, visit) {
      const halves = parseDhash(hash)
      if (saysNothing(halves)) return
      lookups++
      heads.forEach((head, band) => {
        const value = bandOf(halves, band)
        const chain = next[band]
        for (const mask of bandMasks) {
          for (let number = head[value ^ mask] ?? -1; number !== -1; number = chain?.[number] ?? -1) {
            if (lastLookup[number] === lookups) continue
            lastLookup[number] = lookups
            const other = kept[number]
            if (other && hammingDistance(other, halves) <= nearDuplicateBits) visit(number)
          }
        }
      })
    },
  }
}

/** True for a hash that says nothing of the picture: at most 2 bits set, or at most 2 clear. */
export const isUninformative = (hash: string): boolean => saysNothing(parseDhash(hash))

function saysNothing({ high, low }: DhashHalves): boolean {
  const bits = popcount32(high) + popcount32(low)
  return bits <= 2 || bits >= 62
}

function bandOf({ high, low }: DhashHalves, band: number): number {
  const half = band < 2 ? high : low
  return band % 2 === 0 ? half >>> 16 : half & 0xffff
}

function masksWithin2Bits(): readonly number[] {
  const masks = [0]
  for (let i = 0; i < bandBits; i++) {
    masks.push(1 << i)
    for (let j = i + 1; j < bandBits; j++) masks.push((1 << i) | (1 << j))
  }
  return masks
}
