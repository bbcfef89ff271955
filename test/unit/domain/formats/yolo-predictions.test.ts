import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LabelledBox } from '../../../../domain/box.ts'
import {
  fromPredictionRows,
  parsePredictionText,
  toPredictionText,
} from '../../../../domain/formats/yolo-predictions.ts'

const classes = ['dog', 'cat']
const share = fc.double({ min: 0, max: 1, noNaN: true })
const size = { width: 30_000, height: 17 }

test('boxes come back from label files, with their scores or without', () => {
  const boxes = fc.array(fc.tuple(fc.constantFrom(...classes), share, share, share, share, fc.option(share)))
  fc.assert(
    fc.property(boxes, (given) => {
      const labelled = given.map(([name, a, b, c, d, score]): LabelledBox => ({
        class: name,
        xyxy: [
          Math.min(a, b) * size.width,
          Math.min(c, d) * size.height,
          Math.max(a, b) * size.width,
          Math.max(c, d) * size.height,
        ],
        score,
      }))
      const back = fromPredictionRows(
        parsePredictionText(toPredictionText(labelled, size, classes)),
        size,
        classes,
      )
      expect(back.map((box) => box.class)).toEqual(labelled.map((box) => box.class))
      back.forEach(({ xyxy, score }, index) => {
        xyxy.forEach((value, corner) =>
          expect(Math.abs(value - labelled[index]!.xyxy[corner]!)).toBeLessThan(0.01),
        )
        if (score === null) expect(labelled[index]!.score).toBeNull()
        else expect(score).toBeCloseTo(labelled[index]!.score ?? -1, 7)
      })
    }),
  )
})

test.each([
  ['0 0.5 0.5 0.5', 'too few numbers'],
  ['0 0.5 0.5 0.5 0.5 0.9 1', 'too many'],
  ['0.5 0.5 0.5 0.5 0.5', 'half a class'],
  ['0 0.5 0.5 1.5 0.5', 'a width of more than the picture'],
  ['0 0.5 0.5 0.5 0.5 high', 'a score in words'],
])('"%s" is refused with its line: %s', (row) => {
  expect(() => parsePredictionText(`0 0.5 0.5 0.1 0.1\n${row}\n`)).toThrow(/^Line 2 /)
})

test('a class that nobody has named is no box', () => {
  expect(() => fromPredictionRows(parsePredictionText('2 0.5 0.5 0.1 0.1'), size, classes)).toThrow(
    'no name for class 2',
  )
})
