import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImageSize } from '../../../../domain/box.ts'
import { resizeIntoPlanes } from '../../../../domain/inference/bilinear.ts'
import { golden, noise, sha256, sizeOf } from './golden.ts'

const shades = Uint8Array.from({ length: 256 }, (_, value) => value)

/** The planes put together again, pixel by pixel. */
function resizeBilinear(rgb: Uint8Array, source: ImageSize, target: ImageSize): Uint8Array {
  const channel = target.width * target.height
  const values = new Uint8Array(3 * channel)
  resizeIntoPlanes(rgb, source, target, { values, shades, start: 0, row: target.width, channel })
  return values.map((_, index) => values[(index % 3) * channel + Math.floor(index / 3)] ?? 0)
}

describe('resizeIntoPlanes', () => {
  it.each(golden.resize)(
    'makes the bytes of OpenCV from $source to $target',
    ({ source, target, sha256: expected }) => {
      const size = sizeOf(source)
      expect(sha256(resizeBilinear(noise(size), size, sizeOf(target)))).toBe(expected)
    },
  )

  it('keeps a picture of its own size as it is', () => {
    const size = { width: 13, height: 7 }
    expect(resizeBilinear(noise(size), size, size)).toEqual(noise(size))
  })

  it('keeps a picture of one colour as it is, at any size', () => {
    const side = fc.integer({ min: 1, max: 20 })
    fc.assert(
      fc.property(side, side, side, side, fc.integer({ min: 0, max: 255 }), (w, h, tw, th, value) => {
        const flat = new Uint8Array(w * h * 3).fill(value)
        const resized = resizeBilinear(flat, { width: w, height: h }, { width: tw, height: th })
        expect(resized).toEqual(new Uint8Array(tw * th * 3).fill(value))
      }),
    )
  })
})
