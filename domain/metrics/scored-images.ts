import type { ImageSize, LabelledBox } from '../box.ts'

/** A box that a person accepted or a published data set gives. */
export interface TruthBox extends Pick<LabelledBox, 'class' | 'xyxy' | 'polygons'> {
  /**
   * A region that holds any number of objects of the class (COCO `iscrowd`): neither to be found nor wrong to be found.
   * pycocotools overwrites its own `ignore` flag with `iscrowd`, so an ignore region is a crowd here as there.
   */
  readonly crowd?: boolean | undefined
  /** Square pixels of the object itself where it is known (COCO `area`); what its box, or its mask, covers otherwise. */
  readonly area?: number | undefined
}

/** One image of an evaluation: what was predicted and what a person accepted, in the same frame. */
export interface ScoredImage {
  /** Images of one group are resampled together: they are not independent. */
  readonly group: string
  /** Masks are cut to it, and cannot be scored without. */
  readonly size?: ImageSize
  readonly predicted: readonly LabelledBox[]
  readonly truth: readonly TruthBox[]
}

/** A figure with its 95 % interval. */
export interface Interval {
  readonly value: number
  readonly low: number
  readonly high: number
}
