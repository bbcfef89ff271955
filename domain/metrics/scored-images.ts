import type { LabelledBox } from '../box.ts'

/** One image of an evaluation: what was predicted and what a person accepted, in the same frame. */
export interface ScoredImage {
  /** Images of one group are resampled together: they are not independent. */
  readonly group: string
  readonly predicted: readonly LabelledBox[]
  readonly truth: readonly Pick<LabelledBox, 'class' | 'xyxy'>[]
}

/** A figure with its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}
