import type { Split } from './contracts/splits.ts'
import { hashFraction } from './seeded-random.ts'

/** Shares of the groups that are held out; the rest is for training. */
export interface SplitFractions {
  readonly val: number
  readonly test: number
}

/**
 * The split of a group: a hash of its name alone, so that it never depends on what else is there and never changes.
 * Whole groups move together; with few groups the shares are only roughly met.
 */
export function splitOfGroup(group: string, { val, test }: SplitFractions): Exclude<Split, 'quarantined'> {
  const place = hashFraction(`split ${group}`)
  if (place < test) return 'test'
  return place < test + val ? 'val' : 'train'
}
