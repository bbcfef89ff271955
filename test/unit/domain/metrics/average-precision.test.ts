import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  averagePrecision,
  matchClasses,
  weightedAveragePrecision,
} from '../../../../domain/metrics/average-precision.ts'
import { objectSizes } from '../../../../domain/metrics/area-ranges.ts'
import { confidenceCurve } from '../../../../domain/metrics/confidence-curve.ts'
import { precisionBySize } from '../../../../domain/metrics/precision-figures.ts'
import type { ScoredImage } from '../../../../domain/metrics/scored-images.ts'

type Row = [
  name: string,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  more?: number | { crowd?: boolean; area?: number },
]
interface Golden {
  classes: string[]
  cases: {
    name: string
    truth: Row[][]
    found: Row[][]
    expected: {
      map: number
      map50: number
      byClass: Record<string, { ap: number; ap50: number }>
      bySize: Record<'small' | 'medium' | 'large', { map: number; map50: number } | null>
      /** Precision, recall and F1 at confidence 0, 0.1 ... 1. */
      curve: [precision: number | null, recall: number, f1: number][]
    }
  }[]
}
const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/golden/average-precision.json', import.meta.url), 'utf8'),
) as Golden

const box = ([name, x1, y1, x2, y2, more]: Row) => ({
  class: name,
  xyxy: [x1, y1, x2, y2] as const,
  ...(typeof more === 'number' ? { score: more } : { score: null, ...more }),
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
    expect(Object.keys(ours.byClass)).toEqual(Object.keys(expected.byClass))
    for (const [name, { ap, ap50 }] of Object.entries(expected.byClass)) {
      expect(ours.byClass[name]?.ap).toBeCloseTo(ap, 9)
      expect(ours.byClass[name]?.ap50).toBeCloseTo(ap50, 9)
    }
  })

  test.each(golden.cases)('by size: $name', ({ truth, found, expected }) => {
    const ours = precisionBySize(scenes(truth, found), golden.classes)
    for (const size of objectSizes) {
      expect(ours[size] === null).toBe(expected.bySize[size] === null)
      expect(ours[size]?.map ?? 0).toBeCloseTo(expected.bySize[size]?.map ?? 0, 9)
      expect(ours[size]?.map50 ?? 0).toBeCloseTo(expected.bySize[size]?.map50 ?? 0, 9)
    }
  })

  test.each(golden.cases)(
    'precision, recall and F1 against confidence: $name',
    ({ truth, found, expected }) => {
      const points = confidenceCurve(matchClasses(scenes(truth, found), golden.classes))
      expect(points).toHaveLength(101)
      expected.curve.forEach(([precision, recall, f1], tenth) => {
        const point = points[10 * tenth]
        if (precision === null) expect(point?.precision).toBeNull()
        else expect(point?.precision).toBeCloseTo(precision, 9)
        expect(point?.recall).toBeCloseTo(recall, 9)
        expect(point?.f1).toBeCloseTo(f1, 9)
      })
    },
  )
})

test('the golden scenes hold crowds, masks, every size and more detections than count', () => {
  const truth = golden.cases.flatMap((scene) => scene.truth.flat()).map(box)
  expect(truth.filter((one) => 'crowd' in one && one.crowd).length).toBeGreaterThan(10)
  expect(truth.filter((one) => 'area' in one).length).toBeGreaterThan(10)
  for (const size of objectSizes) {
    expect(
      golden.cases.filter(({ expected }) => (expected.bySize[size]?.map ?? 0) > 0).length,
    ).toBeGreaterThan(2)
  }
  const cats = golden.cases.flatMap(({ found }) =>
    found.map((rows) => rows.filter(([name]) => name === 'cat')),
  )
  expect(Math.max(...cats.map((rows) => rows.length))).toBeGreaterThan(100)
})

test('a prediction without a score has no average precision', () => {
  const cat = { class: 'cat', xyxy: [0, 0, 10, 10] as const, score: null }
  expect(() => averagePrecision([{ group: 'a', truth: [cat], predicted: [cat] }], ['cat'])).toThrow(
    RangeError,
  )
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
