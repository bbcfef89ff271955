import type { ImageSize } from '../box.ts'
import { resizeIntoPlanes } from './bilinear.ts'
import { letterbox, type Letterbox } from './letterbox.ts'

/** Grey that Ultralytics pads with, 0 to 255. */
const padding = 114

// A table of quotients is bit-equal to dividing each value; multiplying by 1/255 is not.
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255)

/**
 * Fills `tensor` (1 x 3 x height x width, RGB, 0 to 1) with the letterboxed image.
 * @param rgb interleaved 8-bit RGB of the upright image
 * @returns where the image lies in the tensor, for {@link fromLetterbox}
 */
export function fillLetterboxTensor(
  rgb: Uint8Array,
  source: ImageSize,
  target: ImageSize,
  tensor: Float32Array,
): Letterbox {
  const box = letterbox(source, target)
  const channel = target.width * target.height
  const start = box.top * target.width + box.left
  for (let plane = 0; plane < tensor.length; plane += channel) {
    padPlane(tensor.subarray(plane, plane + channel), box)
  }
  resizeIntoPlanes(rgb, source, box.resized, {
    values: tensor,
    shades: unit,
    start,
    row: target.width,
    channel,
  })
  return box
}

/** The padding alone: what the image covers is written anyway. */
function padPlane(plane: Float32Array, { target, resized, left, top }: Letterbox): void {
  const grey = unit[padding] ?? 0
  const { width } = target
  plane.fill(grey, 0, top * width)
  plane.fill(grey, (top + resized.height) * width)
  if (resized.width === width) return
  for (let row = top * width; row < (top + resized.height) * width; row += width) {
    plane.fill(grey, row, row + left)
    plane.fill(grey, row + left + resized.width, row + width)
  }
}
