import { resizeBilinear } from './bilinear.ts'
import type { Letterbox } from './letterbox.ts'

/** Grey that Ultralytics pads with, 0 to 255. */
const padding = 114

// A table of quotients is bit-equal to dividing each value; multiplying by 1/255 is not.
const unit = Float32Array.from({ length: 256 }, (_, value) => value / 255)

/**
 * Fills the first 3 x height x width of `tensor` (RGB, 0 to 1) with the letterboxed image.
 * @param rgb interleaved 8-bit RGB of the upright image
 */
export function fillLetterboxTensor(
  rgb: Uint8Array,
  { source, target, resized, left, top }: Letterbox,
  tensor: Float32Array,
): void {
  const plane = target.width * target.height
  const pixels = resizeBilinear(rgb, source, resized)
  tensor.fill(unit[padding] ?? 0, 0, 3 * plane)
  let pixel = 0
  for (let y = 0; y < resized.height; y += 1) {
    let out = (top + y) * target.width + left
    for (let x = 0; x < resized.width; x += 1, out += 1, pixel += 3) {
      tensor[out] = unit[pixels[pixel] ?? 0] ?? 0
      tensor[out + plane] = unit[pixels[pixel + 1] ?? 0] ?? 0
      tensor[out + 2 * plane] = unit[pixels[pixel + 2] ?? 0] ?? 0
    }
  }
}
