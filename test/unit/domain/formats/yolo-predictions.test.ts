import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LabelledBox } from '../../../../domain/box.ts'
import { polygonArea, type Polygon } from '../../../../domain/polygon.ts'
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
        parsePredictionText(toPredictionText(labelled, size, classes, 'detect')),
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

test('outlines come back, several of one instance too, with their scores or without', () => {
  const square = (left: number): Polygon => [
    [left, 10],
    [left + 20, 10],
    [left + 20, 30],
    [left, 30],
  ]
  const boxes: LabelledBox[] = [
    { class: 'cat', xyxy: [10, 10, 90, 30], score: 0.75, polygons: [square(10), square(70)] },
    { class: 'dog', xyxy: [40, 10, 60, 30], score: null, polygons: [square(40)] },
    { class: 'dog', xyxy: [40, 10, 60, 30], score: 0.5 },
  ]
  const picture = { width: 100, height: 50 }
  const back = fromPredictionRows(
    parsePredictionText(toPredictionText(boxes, picture, classes, 'segment')),
    picture,
    classes,
  )
  expect(back.map((box) => [box.class, box.score, box.polygons?.length])).toEqual([
    ['cat', 0.75, 2],
    ['dog', null, 1],
    ['dog', 0.5, 1],
  ])
  expect(back.map(({ polygons = [] }) => polygons.map(polygonArea))).toEqual(
    [[400, 400], [400], [400]].map((areas) => areas.map((area) => expect.closeTo(area, 3))),
  )
})

test.each([
  ['0 0.5 0.5 0.5', 'too few numbers'],
  ['0 0.5 0.5 0.5 0.5 1.2', 'a score of more than all'],
  ['0 0.5 0.5 0.5 0.5 0.5 1.2', 'a corner outside the picture'],
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
