import { resizeIntoPlanes } from './bilinear.ts'
import type { Letterbox } from './letterbox.ts'

/** Grey that Ultralytics pads with, 0 to 255. */
const padding = 114

// A table of quotients is bit-equal to dividing each value; multiplying by 1/255 is not.
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255)

/**
 * Fills the first 3 x height x width of `tensor` (RGB, 0 to 1) with the letterboxed image.
 * @param rgb interleaved 8-bit RGB of the upright image
 */
export function fillLetterboxTensor(rgb: Uint8Array, place: Letterbox, tensor: Float32Array): void {
  const { source, target, resized, left, top } = place
  const channel = target.width * target.height
  const start = top * target.width + left
  for (let plane = 0; plane < 3 * channel; plane += channel) {
    padPlane(tensor.subarray(plane, plane + channel), place)
  }
  resizeIntoPlanes(rgb, source, resized, {
    values: tensor,
    shades: unit,
    start,
    row: target.width,
    channel,
  })
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
