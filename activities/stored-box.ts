import type { LabelledBox } from '../domain/box.ts'

/** A box as records keep it. */
export const storedBox = ({ class: name, xyxy: [x1, y1, x2, y2], score, polygons, crowd }: LabelledBox) => ({
  class: name,
  xyxy: [x1, y1, x2, y2] satisfies [number, number, number, number],
  score,
  ...(polygons === undefined ? {} : { polygons }),
  ...(crowd === true ? { crowd } : {}),
})
