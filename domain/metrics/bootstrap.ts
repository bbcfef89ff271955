import { seededRandom } from '../seeded-random.ts'
import type { Interval } from './scored-images.ts'

/** Resamples of a bootstrap (active-learning practice: 1,000). */
export const resamples = 1000

/**
 * Multiplicities of images under resampling by group with replacement: images of one folder or video stand or fall together.
 * The same seed and groups give the same resamples, so two models can be compared pair by pair.
 */
export function* resampleByGroup(
  groups: readonly string[],
  seed: string,
  count = resamples,
): Generator<Int32Array> {
  const members = new Map<string, number[]>()
  groups.forEach((group, image) => members.set(group, [...(members.get(group) ?? []), image]))
  const all = [...members.values()]
  const random = seededRandom(seed)
  for (let round = 0; round < count; round += 1) {
    const weights = new Int32Array(groups.length)
    for (let draw = 0; draw < all.length; draw += 1) {
      for (const image of all[Math.floor(random() * all.length)] ?? [])
        weights[image] = (weights[image] ?? 0) + 1
    }
    yield weights
  }
}

/** Percentile interval at 95 % around a value; resamples that gave no figure (NaN) are left out. */
export function percentileInterval(value: number, samples: readonly number[]): Interval {
  const sorted = samples.filter((sample) => !Number.isNaN(sample)).sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? value
  return { value, low: at(0.025), high: at(0.975) }
}
