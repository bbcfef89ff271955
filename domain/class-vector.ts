import type { LabelledBox } from './box.ts'

/** What an image shows, as numbers: log(1 + boxes) of each class, so that a crowd does not drown the mix of classes. */
export const classVector = (boxes: readonly LabelledBox[], classes: readonly string[]): number[] =>
  classes.map((name) => Math.log1p(boxes.filter((box) => box.class === name).length))
