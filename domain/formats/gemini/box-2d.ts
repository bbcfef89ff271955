import type { ImageSize, Xyxy } from '../../box.ts'

/** Gemini's own frame: `[ymin, xmin, ymax, xmax]`, 0 to 1000 of the image's height and width. */
export type Box2d = readonly [ymin: number, xmin: number, ymax: number, xmax: number]

/** Gemini's frame to pixels of the displayed image. Nothing is rounded, clamped or swapped. */
export const box2dToXyxy = ([ymin, xmin, ymax, xmax]: Box2d, { width, height }: ImageSize): Xyxy => [
  (xmin * width) / 1000,
  (ymin * height) / 1000,
  (xmax * width) / 1000,
  (ymax * height) / 1000,
]

/** Pixels to Gemini's frame, rounded to its integers: at most half of a thousandth of the side is lost. */
export const xyxyToBox2d = ([x1, y1, x2, y2]: Xyxy, { width, height }: ImageSize): Box2d => [
  Math.round((y1 / height) * 1000),
  Math.round((x1 / width) * 1000),
  Math.round((y2 / height) * 1000),
  Math.round((x2 / width) * 1000),
]
