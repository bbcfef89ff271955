import { describe, expect, test } from 'vitest'
import { compareWithReference, fromShares, type ReferenceBox } from '../../../domain/reference-check.ts'

const settings = { confidence: 0.01, maxDetections: 300, complete: true }
const box = (
  score: number,
  x = 0,
  name = 'cat',
): ReferenceBox & { xyxy: [number, number, number, number] } => ({
  class: name,
  xyxy: [x, 0, x + 10, 10],
  score,
})
const differences = (
  expected: readonly ReferenceBox[],
  found: readonly ReturnType<typeof box>[],
  max = 300,
) => compareWithReference(expected, found, { ...settings, maxDetections: max }).differences

describe('two runtimes on one image', () => {
  test('agree within half a pixel and a thousandth, in any order', () => {
    const result = compareWithReference([box(0.9), box(0.5, 100)], [box(0.5004, 100.3), box(0.9)], settings)
    expect(result).toMatchObject({ boxes: 2, differences: [] })
    expect(result.pixels).toBeCloseTo(0.3)
    expect(result.score).toBeCloseTo(0.0004)
  })

  test.each([
    ['a box that moved', [box(0.9)], [box(0.9, 0.6)], 2],
    ['another score', [box(0.9)], [box(0.902)], 2],
    ['another class', [box(0.9)], [box(0.9, 0, 'dog')], 2],
    ['a box too few', [box(0.9), box(0.5, 100)], [box(0.9)], 1],
    ['a box too many', [], [box(0.9)], 1],
    ['one box for two', [box(0.9), box(0.9)], [box(0.9)], 1],
  ])('differ by %s', (_, expected, found, count) => {
    expect(differences(expected, found)).toHaveLength(count)
  })

  test.each([
    ['at the lowest confidence', [box(0.0104)], [], 300],
    ['at the end of a full list', [box(0.9), box(0.5, 100)], [box(0.9), box(0.5, 200)], 2],
  ])('may differ %s', (_, expected, found, max) => {
    expect(differences(expected, found, max)).toEqual([])
  })

  test('are compared by class and score where one only tells outlines', () => {
    const outlined = { class: 'cat', xyxy: null, score: 0.9 }
    expect(differences([outlined], [box(0.9, 40)])).toEqual([])
    expect(differences([outlined], [box(0.7, 40)])).toHaveLength(2)
    const more = [box(0.9, 40), box(0.7)]
    expect(compareWithReference([outlined], more, { ...settings, complete: false }).differences).toEqual([])
  })
})

test('shares of an image become pixels of it', () => {
  expect(fromShares([0.5, 0.25, 0.5, 0.5], { width: 200, height: 100 })).toEqual([50, 0, 150, 50])
})
