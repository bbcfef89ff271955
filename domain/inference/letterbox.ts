import { clampToImage, type ImageSize, type Xyxy } from '../box.ts'
import type { Point } from '../polygon.ts'
import { roundHalfEven } from './round-half-even.ts'

/** How an image sits in the model's input: scaled to fit, centred, the rest padded. All in whole pixels. */
export interface Letterbox {
  readonly source: ImageSize
  readonly target: ImageSize
  readonly resized: ImageSize
  readonly left: number
  readonly top: number
}

/**
 * Where an image of `source` size goes in an input of `target` size, small images scaled up too. Same pixels as the
 * letterbox of Ultralytics' predict; the odd pixel of padding goes right or below.
 */
export function letterbox(source: ImageSize, target: ImageSize): Letterbox {
  return centred(source, scaledToFit(source, target), target)
}

/**
 * The same in an input whose size is free: no larger than `limit`, and padded only to the next multiple of `stride`.
 * A photograph of 4:3 has a quarter fewer pixels than in a square. What the model answers goes back to the image by
 * `letterbox(source, target)` of the target found here: that is what the reference does, and where rounding makes the
 * two differ by a pixel, its boxes differ too.
 */
export function letterboxMinimal(source: ImageSize, limit: ImageSize, stride: number): Letterbox {
  const resized = scaledToFit(source, limit)
  return centred(source, resized, {
    width: resized.width + ((limit.width - resized.width) % stride),
    height: resized.height + ((limit.height - resized.height) % stride),
  })
}

function scaledToFit(source: ImageSize, limit: ImageSize): ImageSize {
  const ratio = Math.min(limit.height / source.height, limit.width / source.width)
  return {
    width: Math.max(1, roundHalfEven(source.width * ratio)),
    height: Math.max(1, roundHalfEven(source.height * ratio)),
  }
}

const centred = (source: ImageSize, resized: ImageSize, target: ImageSize): Letterbox => ({
  source,
  target,
  resized,
  left: roundHalfEven((target.width - resized.width) / 2 - 0.1),
  top: roundHalfEven((target.height - resized.height) / 2 - 0.1),
})

/**
 * A box in pixels of the model's input as pixels of the image, cut to the image. Each step is rounded to float32: the
 * reference computes in tensors, and only so do the last digits agree.
 */
export function fromLetterbox([x1, y1, x2, y2]: Xyxy, { source, resized, left, top }: Letterbox): Xyxy {
  const scaleX = Math.fround(resized.width / source.width)
  const scaleY = Math.fround(resized.height / source.height)
  const x = (value: number): number => Math.fround(Math.fround(value - left) / scaleX)
  const y = (value: number): number => Math.fround(Math.fround(value - top) / scaleY)
  return clampToImage([x(x1), y(y1), x(x2), y(y2)], source)
}

/** A point of the model's input as a point of the image; the padding falls on its edge. To a hundredth of a pixel. */
export function pointFromLetterbox([x, y]: Point, { source, resized, left, top }: Letterbox): Point {
  const back = (value: number, start: number, length: number, full: number): number =>
    Math.round(Math.min(Math.max((value - start) / length, 0), 1) * full * 100) / 100
  return [back(x, left, resized.width, source.width), back(y, top, resized.height, source.height)]
}
