import type { Xyxy } from '../box.ts'

/** One box of a model in pixels of its input; all numbers are float32. */
export interface Detection {
  readonly xyxy: Xyxy
  readonly score: number
  /** Position in the model's list of classes. */
  readonly classIndex: number
  /** Place in the head's output, anchor or row: what else is said of the box stands there too. */
  readonly place: number
}
