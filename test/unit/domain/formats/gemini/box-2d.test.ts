import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { box2dToXyxy, xyxyToBox2d } from '../../../../../domain/formats/gemini/box-2d.ts'

const size = fc.record({
  width: fc.integer({ min: 1, max: 8000 }),
  height: fc.integer({ min: 1, max: 8000 }),
})
const thousandth = fc.integer({ min: 0, max: 1000 })

test('reads y first', () => {
  expect(box2dToXyxy([100, 200, 300, 400], { width: 640, height: 480 })).toEqual([128, 48, 256, 144])
})

test('a box in thousandths comes back unchanged from pixels', () => {
  fc.assert(
    fc.property(size, thousandth, thousandth, thousandth, thousandth, (image, a, b, c, d) => {
      expect(xyxyToBox2d(box2dToXyxy([a, b, c, d], image), image)).toEqual([a, b, c, d])
    }),
  )
})

test('a box in pixels moves by at most half a thousandth of the side', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(size, share, share, share, share, (image, a, b, c, d) => {
      const { width, height } = image
      const box = [a * width, b * height, c * width, d * height] as const
      const back = box2dToXyxy(xyxyToBox2d(box, image), image)
      back.forEach((value, index) => {
        const side = index % 2 === 0 ? width : height
        expect(Math.abs(value - (box[index] ?? 0))).toBeLessThanOrEqual(side / 2000 + 1e-6)
      })
    }),
  )
})
