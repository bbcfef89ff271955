import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxHeight, boxWidth, type ImageSize, type Xyxy } from '../../../../domain/box.ts'
import { draftRegions, fromRectangle, toRectangle } from '../../../../domain/formats/label-studio.ts'
import { readAnswer } from '../../../../domain/formats/label-studio-answer.ts'

const sizes = fc.record({
  width: fc.integer({ min: 8, max: 8000 }),
  height: fc.integer({ min: 8, max: 8000 }),
})

const boxIn = ({ width, height }: ImageSize) =>
  fc
    .tuple(fc.double({ min: 0, max: 0.8, noNaN: true }), fc.double({ min: 0, max: 0.8, noNaN: true }))
    .map(([left, top]): Xyxy => {
      const [x1, y1] = [left * (width - 2), top * (height - 2)]
      return [x1, y1, x1 + 1.5 + 0.15 * (width - 2), y1 + 1.5 + 0.15 * (height - 2)]
    })

const sizeAndBox = sizes.chain((size) => fc.tuple(fc.constant(size), boxIn(size)))

const near = (actual: Xyxy, expected: Xyxy): void =>
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? Number.NaN, 6))

describe('boxes in percent', () => {
  it('come back as the same pixels', () => {
    fc.assert(
      fc.property(sizeAndBox, ([size, xyxy]) => near(fromRectangle(toRectangle(xyxy, size), size), xyxy)),
    )
  })

  it('come back the same when a corner other than the top left was the origin', () => {
    fc.assert(
      fc.property(sizeAndBox, ([size, xyxy]) => {
        const { x, y, width, height } = toRectangle(xyxy, size)
        const turned = { x: x + width, y: y + height, width: -width, height: -height, rotation: 0 }
        near(fromRectangle(turned, size), xyxy)
      }),
    )
  })

  it('give a hull that holds the rotated box and has its area at least, in pixels, not in percent', () => {
    fc.assert(
      fc.property(sizeAndBox, fc.double({ min: -360, max: 360, noNaN: true }), ([size, xyxy], rotation) => {
        const hull = fromRectangle({ ...toRectangle(xyxy, size), rotation }, size)
        const diagonal = Math.hypot(boxWidth(xyxy), boxHeight(xyxy))
        expect(boxWidth(hull)).toBeLessThanOrEqual(diagonal + 1e-6)
        expect(boxHeight(hull)).toBeLessThanOrEqual(diagonal + 1e-6)
        expect(boxWidth(hull) * boxHeight(hull)).toBeGreaterThanOrEqual(
          boxWidth(xyxy) * boxHeight(xyxy) - 1e-3,
        )
      }),
    )
  })

  it('turn by 90 degrees about the top-left corner, clockwise', () => {
    const size = { width: 200, height: 100 }
    const rectangle = { ...toRectangle([100, 10, 140, 30], size), rotation: 90 }
    near(fromRectangle(rectangle, size), [80, 10, 100, 50])
  })
})

describe('a draft', () => {
  it('that a person accepts untouched is read back as the same boxes', () => {
    fc.assert(
      fc.property(sizeAndBox, ([size, xyxy]) => {
        const box = { class: 'RBC', xyxy, score: 0.5 }
        const shown = { original_width: size.width, original_height: size.height, image_rotation: 0 }
        const result = draftRegions([box], { size, idPrefix: 'u' }).map((region) => ({
          ...region,
          ...shown,
          origin: 'prediction',
        }))
        const answer = readAnswer({ result, skipped: false }, { size, classes: ['RBC'] })
        if (answer.outcome !== 'accepted') throw new Error(answer.outcome)
        expect(answer.notes).toEqual([])
        expect(answer.boxes).toMatchObject([
          { class: 'RBC', score: 0.5, origin: 'prediction', region: 'u_0' },
        ])
        near(answer.boxes[0]!.xyxy, xyxy)
      }),
    )
  })

  it('never leaves the image, whatever the model said, and carries no image size', () => {
    const wild = fc.double({ min: -9999, max: 9999, noNaN: true })
    fc.assert(
      fc.property(sizes, fc.tuple(wild, wild, wild, wild), (size, [a, b, c, d]) => {
        const xyxy: Xyxy = [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)]
        for (const { value, ...rest } of draftRegions([{ class: 'x', xyxy, score: null }], {
          size,
          idPrefix: 'u',
        })) {
          if ('points' in value) throw new Error('a box without outlines was drawn as one')
          expect(value.x).toBeGreaterThanOrEqual(0)
          expect(value.y).toBeGreaterThanOrEqual(0)
          expect(value.x + value.width).toBeLessThanOrEqual(100 + 1e-9)
          expect(value.y + value.height).toBeLessThanOrEqual(100 + 1e-9)
          expect(value.width * value.height).toBeGreaterThan(0)
          expect(Object.keys(rest).sort()).toEqual(['from_name', 'id', 'to_name', 'type'])
        }
      }),
    )
  })

  it('names the source of each box, and says when the teacher is simulated', () => {
    const size = { width: 100, height: 100 }
    const sources = ['teacher', 'student', 'both', 'person'] as const
    const boxes = sources.map((source) => ({ class: 'a', xyxy: [1, 1, 9, 9] as const, score: null, source }))
    const words = (simulatedTeacher: boolean) =>
      draftRegions(boxes, { size, idPrefix: 'u', simulatedTeacher }).map(({ meta }) => meta?.text.join())
    expect(words(false)).toEqual(['teacher', 'student', 'both', 'person'])
    expect(words(true)).toEqual(['simulated teacher', 'student', 'both (simulated teacher)', 'person'])
  })
})
