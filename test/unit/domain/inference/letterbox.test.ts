import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  fromLetterbox,
  letterbox,
  letterboxMinimal,
  pointFromLetterbox,
} from '../../../../domain/inference/letterbox.ts'
import { roundHalfEven } from '../../../../domain/inference/round-half-even.ts'
import { golden } from './golden.ts'

const side = fc.integer({ min: 1, max: 4000 })

describe('roundHalfEven', () => {
  it.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [2.4999, 2],
    [2.5001, 3],
    [-0.1, 0],
  ])('rounds %d to %d as Python does', (value, rounded) => {
    expect(roundHalfEven(value) + 0).toBe(rounded)
  })
})

describe('letterbox', () => {
  it(`places ${golden.letterbox.length} sizes where Python's rounding places them`, () => {
    for (const [width, height, targetWidth, targetHeight, ...place] of golden.letterbox) {
      const box = letterbox({ width, height }, { width: targetWidth, height: targetHeight })
      expect([box.resized.width, box.resized.height, box.left, box.top], `${width}x${height}`).toEqual(place)
    }
  })

  it('keeps even a one-pixel line inside the input', () => {
    const box = letterbox({ width: 1, height: 4000 }, { width: 64, height: 64 })
    expect(box.resized).toEqual({ width: 1, height: 64 })
  })
})

describe('fromLetterbox', () => {
  it('returns to the box that was put in, to a thousandth of the size', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(side, side, share, share, share, share, (width, height, a, b, c, d) => {
        const place = letterbox({ width, height }, { width: 640, height: 640 })
        const scaleX = place.resized.width / width
        const scaleY = place.resized.height / height
        const [x1, x2] = [Math.min(a, b) * width, Math.max(a, b) * width]
        const [y1, y2] = [Math.min(c, d) * height, Math.max(c, d) * height]
        const back = fromLetterbox(
          [
            x1 * scaleX + place.left,
            y1 * scaleY + place.top,
            x2 * scaleX + place.left,
            y2 * scaleY + place.top,
          ],
          place,
        )
        const farthest = Math.max(
          Math.abs(back[0] - x1),
          Math.abs(back[1] - y1),
          Math.abs(back[2] - x2),
          Math.abs(back[3] - y2),
        )
        expect(farthest).toBeLessThanOrEqual(1e-3 * Math.max(width, height))
      }),
    )
  })

  it('cuts boxes that reach into the padding to the image', () => {
    const place = letterbox({ width: 100, height: 50 }, { width: 64, height: 64 })
    expect(fromLetterbox([-20, -20, 90, 90], place)).toEqual([0, 0, 100, 50])
  })
})

describe('letterboxMinimal', () => {
  const limit = { width: 640, height: 640 }

  it.each([
    [640, 480, 640, 480],
    [1920, 1080, 640, 384],
    [1080, 1920, 384, 640],
    [50, 20, 640, 256],
    [1, 3000, 32, 640],
    [641, 479, 640, 480],
  ])('puts %d x %d into %d x %d', (width, height, ...expected) => {
    const { target } = letterboxMinimal({ width, height }, limit, 32)
    expect([target.width, target.height]).toEqual(expected)
  })

  it('pads each side to the next multiple, in the middle, the odd pixel right or below', () => {
    fc.assert(
      fc.property(side, side, fc.constantFrom(8, 32, 64), (width, height, stride) => {
        const place = letterboxMinimal({ width, height }, limit, stride)
        const square = letterbox({ width, height }, limit)
        expect(place.resized).toEqual(square.resized)
        for (const [whole, part, before] of [
          [place.target.width, place.resized.width, place.left],
          [place.target.height, place.resized.height, place.top],
        ] as const) {
          expect(whole % stride).toBe(0)
          expect(whole - part).toBeLessThan(stride)
          expect([0, 1]).toContain(whole - part - 2 * before)
        }
      }),
    )
  })
})

describe('pointFromLetterbox', () => {
  it('goes the way of the corners of a box', () => {
    const place = letterbox({ width: 100, height: 50 }, { width: 64, height: 64 })
    expect(pointFromLetterbox([32, 32], place)).toEqual([50, 25])
    expect(pointFromLetterbox([-3, 70], place)).toEqual([0, 50])
  })
})
