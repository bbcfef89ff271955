import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinOutlines, separateOutlines } from '../../../domain/joined-outlines.ts'
import { polygonArea, type Point, type Polygon } from '../../../domain/polygon.ts'
import { outlinesApart } from '../../fixtures/outlines.ts'

/** The same ring whichever corner it starts from. */
function turned(outline: Polygon): string {
  const names = outline.map(String)
  const start = names.indexOf([...names].sort()[0]!)
  return [...names.slice(start), ...names.slice(0, start)].join(' ')
}
const asSet = (outlines: readonly Polygon[]): string[] => outlines.map(turned).sort()

test('outlines that were joined into one ring come apart again, each as it was', () => {
  fc.assert(
    fc.property(outlinesApart, (outlines) => {
      expect(asSet(separateOutlines(joinOutlines(outlines)))).toEqual(asSet(outlines))
    }),
  )
})

test('the ring of joined outlines encloses as much as they do: the lines between them have no width', () => {
  fc.assert(
    fc.property(outlinesApart, (outlines) => {
      const whole = outlines.reduce((sum, outline) => sum + polygonArea(outline), 0)
      expect(polygonArea(joinOutlines(outlines))).toBeCloseTo(whole, 3)
    }),
  )
})

const square = (x: number, y: number): Point[] => [
  [x, y],
  [x + 10, y],
  [x + 10, y + 10],
  [x, y + 10],
]

test('outlines that touch in a corner come apart again', () => {
  const outlines = [square(0, 0), square(10, 10), square(-10, -10)]
  expect(asSet(separateOutlines(joinOutlines(outlines)))).toEqual(asSet(outlines))
})

test('a ring as Ultralytics joins it, closed and without a way back for the last part, comes apart', () => {
  const [a, b] = [square(0, 0), square(20, 0)]
  const ring = [...a.slice(1), ...a.slice(0, 2), ...b, b[0]!]
  expect(asSet(separateOutlines(ring))).toEqual(asSet([a, b]))
})

test('a plain outline stays what it is, and a ring that says its first corner again at the end says it once', () => {
  expect(separateOutlines(square(0, 0))).toEqual([square(0, 0)])
  expect(separateOutlines([...square(0, 0), [0, 0]])).toEqual([square(0, 0)])
})

test('what encloses nothing is no outline', () => {
  expect(
    separateOutlines([
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]),
  ).toEqual([])
  expect(
    joinOutlines([
      [
        [1, 1],
        [2, 2],
      ],
    ]),
  ).toEqual([])
})
