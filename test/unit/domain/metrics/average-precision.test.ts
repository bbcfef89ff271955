import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  averagePrecision,
  matchClasses,
  weightedAveragePrecision,
} from '../../../../domain/metrics/average-precision.ts'
import type { ScoredImage } from '../../../../domain/metrics/scored-images.ts'

type Row = [name: string, x1: number, y1: number, x2: number, y2: number, score?: number]
interface Golden {
  classes: string[]
  cases: {
    name: string
    truth: Row[][]
    found: Row[][]
    expected: { map: number; map50: number; byClass: Record<string, { ap: number; ap50: number }> }
  }[]
}
const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/golden/average-precision.json', import.meta.url), 'utf8'),
) as Golden

const box = ([name, x1, y1, x2, y2, score]: Row) => ({
  class: name,
  xyxy: [x1, y1, x2, y2] as const,
  score: score ?? null,
})
const scenes = (truth: Row[][], found: Row[][]): ScoredImage[] =>
  truth.map((rows, index) => ({
    group: String(index),
    truth: rows.map(box),
    predicted: (found[index] ?? []).map(box),
  }))

describe('average precision equals pycocotools', () => {
  test.each(golden.cases)('$name', ({ truth, found, expected }) => {
    const ours = averagePrecision(scenes(truth, found), golden.classes)
    expect(ours.map).toBeCloseTo(expected.map, 9)
    expect(ours.map50).toBeCloseTo(expected.map50, 9)
    for (const [name, { ap, ap50 }] of Object.entries(expected.byClass)) {
      expect(ours.byClass[name]?.ap).toBeCloseTo(ap, 9)
      expect(ours.byClass[name]?.ap50).toBeCloseTo(ap50, 9)
    }
  })
})

test('an image that counts twice gives the figure of having it twice', () => {
  const { truth, found } = golden.cases[0] ?? { truth: [], found: [] }
  const images = scenes(truth, found)
  const weights = new Int32Array(images.length).fill(2)
  const doubled = weightedAveragePrecision(matchClasses(images, golden.classes), weights)
  expect(doubled.map).toBeCloseTo(averagePrecision([...images, ...images], golden.classes).map, 2)
})

test('a class without ground truth is left out of the mean', () => {
  const images: ScoredImage[] = [
    {
      group: 'a',
      truth: [{ class: 'cat', xyxy: [0, 0, 10, 10] }],
      predicted: [
        { class: 'cat', xyxy: [0, 0, 10, 10], score: 0.9 },
        { class: 'dog', xyxy: [0, 0, 10, 10], score: 0.9 },
      ],
    },
  ]
  const { map, byClass } = averagePrecision(images, ['cat', 'dog'])
  expect(map).toBeCloseTo(1, 12)
  expect(Object.keys(byClass)).toEqual(['cat'])
})
