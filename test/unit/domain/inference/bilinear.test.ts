import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resizeBilinear } from '../../../../domain/inference/bilinear.ts'
import { golden, noise, sha256, sizeOf } from './golden.ts'

describe('resizeBilinear', () => {
  it.each(golden.resize)(
    'makes the bytes of OpenCV from $source to $target',
    ({ source, target, sha256: expected }) => {
      const size = sizeOf(source)
      expect(sha256(resizeBilinear(noise(size), size, sizeOf(target)))).toBe(expected)
    },
  )

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
