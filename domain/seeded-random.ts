/** 32-bit FNV-1a of the text's UTF-16 units, then murmur3's finaliser so that close names spread evenly. Unsigned. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The text as a number in [0, 1), evenly spread and the same for ever. */
export const hashFraction = (text: string): number => hash32(text) / 2 ** 32

/** mulberry32 (Tommy Ettinger, public domain): numbers in [0, 1), the same for the same seed on every machine. */
export function seededRandom(seed: string): () => number {
  let state = hash32(seed)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
