import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Detection } from '../../../../domain/inference/detection.ts'
import { suppressOverlaps } from '../../../../domain/inference/non-maximum-suppression.ts'
import { iou } from '../../../../domain/iou.ts'
import { golden } from './golden.ts'

const detection = (xyxy: [number, number, number, number], score: number, classIndex = 0): Detection => ({
  xyxy,
  score,
  classIndex,
  place: 0,
})

describe('suppressOverlaps', () => {
  it.each(golden.suppression)('keeps what torchvision keeps of $rows.length boxes at IoU $iou', (golden) => {
    const candidates = golden.rows.map(([x1, y1, x2, y2, score, c]) => detection([x1, y1, x2, y2], score, c))
    const kept = suppressOverlaps(candidates, { iou: golden.iou, maxDetections: 300 })
    expect(kept.map((one) => candidates.indexOf(one))).toEqual(golden.kept)
  })

  const half = detection([0, 0, 10, 5], 0.6)

  it.each([
    [
      'the weaker of two that overlap',
      0.7,
      [detection([0, 0, 10, 9], 0.6), detection([0, 0, 10, 10], 0.9)],
      [1],
    ],
    [
      'neither of two classes on one spot',
      0.7,
      [detection([0, 0, 9, 9], 0.6), detection([0, 0, 9, 9], 0.9, 1)],
      [1, 0],
    ],
    ['neither when the overlap is the threshold itself', 0.5, [detection([0, 0, 10, 10], 0.9), half], [0, 1]],
    [
      'the later of two with equal scores',
      0.7,
      [detection([0, 0, 8, 8], 0.5), detection([0, 0, 8, 8], 0.5)],
      [0],
    ],
    ['nothing of none', 0.7, [], []],
  ])('drops %s', (_, threshold, candidates, kept) => {
    const left = suppressOverlaps(candidates, { iou: threshold, maxDetections: 300 })
    expect(left.map((one) => candidates.indexOf(one))).toEqual(kept)
  })

  it('keeps no more than it may, the best first', () => {
    const apart = [0.2, 0.9, 0.5].map((score, index) =>
      detection([index * 20, 0, index * 20 + 10, 10], score),
    )
    expect(suppressOverlaps(apart, { iou: 0.7, maxDetections: 2 }).map(({ score }) => score)).toEqual([
      0.9, 0.5,
    ])
  })

  it('leaves no two boxes of a class that overlap more than the threshold', () => {
    const edge = fc.integer({ min: 0, max: 60 })
    const box = fc.tuple(
      edge,
      edge,
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(2),
    )
    fc.assert(
      fc.property(fc.array(box, { maxLength: 40 }), (rows) => {
        const candidates = rows.map(([x, y, w, h, c], index) =>
          detection([x, y, x + w, y + h], 1 / (index + 1), c),
        )
        const kept = suppressOverlaps(candidates, { iou: 0.5, maxDetections: 300 })
        for (const [index, a] of kept.entries()) {
          for (const b of kept.slice(index + 1)) {
            if (a.classIndex === b.classIndex) expect(iou(a.xyxy, b.xyxy)).toBeLessThan(0.5001)
          }
        }
      }),
    )
  })
})
