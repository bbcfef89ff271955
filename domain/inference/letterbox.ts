import { clampToImage, type ImageSize, type Xyxy } from '../box.ts'
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
 * square letterbox of Ultralytics' predict; the odd pixel of padding goes right or below.
 */
export function letterbox(source: ImageSize, target: ImageSize): Letterbox {
  const ratio = Math.min(target.height / source.height, target.width / source.width)
  const resized = {
    width: Math.max(1, roundHalfEven(source.width * ratio)),
    height: Math.max(1, roundHalfEven(source.height * ratio)),
  }
  return {
    source,
    target,
    resized,
    left: roundHalfEven((target.width - resized.width) / 2 - 0.1),
    top: roundHalfEven((target.height - resized.height) / 2 - 0.1),
  }
}

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
