import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rasterise, sharedPixels, type MaskRuns } from '../../../../domain/mask-runs.ts'
import { averagePrecision } from '../../../../domain/metrics/average-precision.ts'
import { objectSizes } from '../../../../domain/metrics/area-ranges.ts'
import { precisionBySize } from '../../../../domain/metrics/precision-figures.ts'
import { shapesOf } from '../../../../domain/metrics/shapes.ts'
import type { ScoredImage } from '../../../../domain/metrics/scored-images.ts'
import { hull, type Point } from '../../../../domain/polygon.ts'
import type { Xyxy } from '../../../../domain/box.ts'

type Shape = [x: number, y: number][][] | [x1: number, y1: number, x2: number, y2: number]
interface Golden {
  classes: string[]
  size: { width: number; height: number }
  pixels: {
    shape: [x: number, y: number][][]
    area: number
    /** Left, top, width and height of the mask. */
    columns: [number, number, number, number]
    iouWithNext: number
    insideNext: number
  }[]
  cases: {
    name: string
    truth: [name: string, shape: Shape, crowd: boolean, area: number | null][][]
    found: [name: string, shape: Shape, score: number][][]
    expected: {
      map: number
      map50: number
      byClass: Record<string, { ap: number; ap50: number }>
      bySize: Record<'small' | 'medium' | 'large', { map: number; map50: number } | null>
    }
  }[]
}
const golden = JSON.parse(
  readFileSync(new URL('../../../fixtures/golden/mask-precision.json', import.meta.url), 'utf8'),
) as Golden
const { size } = golden
const averageMaskPrecision = (images: ScoredImage[], classes: string[]) =>
  averagePrecision(images, classes, { shapes: shapesOf(images, 'mask') })

const isBox = (shape: Shape): shape is [number, number, number, number] => typeof shape[0] === 'number'
const shaped = (shape: Shape): { xyxy: Xyxy; polygons?: Point[][] } =>
  isBox(shape) ? { xyxy: shape } : { xyxy: hull(shape.flat()), polygons: shape }
const scenes = ({ truth, found }: Golden['cases'][number]): ScoredImage[] =>
  truth.map((rows, index) => ({
    group: String(index),
    size,
    truth: rows.map(([name, shape, crowd, area]) => ({
      class: name,
      ...shaped(shape),
      crowd,
      ...(area === null ? {} : { area }),
    })),
    predicted: (found[index] ?? []).map(([name, shape, score]) => ({ class: name, ...shaped(shape), score })),
  }))

describe('the pixels of outlines are those of pycocotools', () => {
  const drawn = golden.pixels.map(({ shape }) => rasterise(shape, size))
  test.each(golden.pixels.map((one, index) => [index, one] as const))(
    'outline %i',
    (index, { area, iouWithNext, insideNext, columns }) => {
      const [ours, next] = [drawn[index]!, drawn[(index + 1) % drawn.length]!]
      expect(ours.area).toBe(area)
      if (area > 0) expect(Math.floor(ours.bounds[0]! / size.height)).toBe(columns[0])
      const shared = sharedPixels(ours, next)
      expect(shared === 0 ? 0 : shared / (ours.area + next.area - shared)).toBeCloseTo(iouWithNext, 12)
      expect(shared === 0 ? 0 : shared / ours.area).toBeCloseTo(insideNext, 12)
    },
  )
})

describe('mask average precision equals pycocotools', () => {
  test.each(golden.cases)('$name', (scene) => {
    const ours = averageMaskPrecision(scenes(scene), golden.classes)
    const { expected } = scene
    expect(expected.map).toBeGreaterThan(0.1)
    expect(ours.map).toBeCloseTo(expected.map, 9)
    expect(ours.map50).toBeCloseTo(expected.map50, 9)
    expect(Object.keys(ours.byClass)).toEqual(Object.keys(expected.byClass))
    for (const [name, { ap, ap50 }] of Object.entries(expected.byClass)) {
      expect(ours.byClass[name]?.ap).toBeCloseTo(ap, 9)
      expect(ours.byClass[name]?.ap50).toBeCloseTo(ap50, 9)
    }
  })

  test.each(golden.cases)('by size: $name', (scene) => {
    const images = scenes(scene)
    const ours = precisionBySize(images, golden.classes, shapesOf(images, 'mask'))
    for (const one of objectSizes) {
      const expected = scene.expected.bySize[one]
      expect(ours[one] === null).toBe(expected === null)
      expect(ours[one]?.map ?? 0).toBeCloseTo(expected?.map ?? 0, 9)
      expect(ours[one]?.map50 ?? 0).toBeCloseTo(expected?.map50 ?? 0, 9)
    }
  })

  test('and is not the average precision of the boxes', () => {
    const images = scenes(golden.cases[0]!)
    const masks = averageMaskPrecision(images, golden.classes)
    expect(Math.abs(masks.map - averagePrecision(images, golden.classes).map)).toBeGreaterThan(0.01)
  })
})

test('masks of an image without a size cannot be scored', () => {
  const cat = { class: 'cat', xyxy: [0, 0, 10, 10] as const, score: 0.5 }
  const image = { group: 'a', truth: [cat], predicted: [cat] }
  expect(() => averageMaskPrecision([image], ['cat'])).toThrow(/whose size is known/)
})

const outlines = fc.array(
  fc.array(
    fc.tuple(fc.double({ min: -5, max: 45, noNaN: true }), fc.double({ min: -5, max: 35, noNaN: true })),
    {
      minLength: 3,
      maxLength: 7,
    },
  ),
  { minLength: 1, maxLength: 3 },
)
const small = { width: 40, height: 30 }
const placesOf = ({ bounds }: MaskRuns): Set<number> => {
  const places = new Set<number>()
  for (let at = 0; at < bounds.length; at += 2)
    for (let place = bounds[at]!; place < bounds[at + 1]!; place += 1) places.add(place)
  return places
}

test('a mask stays in its image, counts every pixel once and shares with another what both hold', () => {
  fc.assert(
    fc.property(outlines, outlines, (a, b) => {
      const [ours, theirs] = [rasterise(a, small), rasterise(b, small)]
      const [pixels, others] = [placesOf(ours), placesOf(theirs)]
      expect(pixels.size).toBe(ours.area)
      for (const place of pixels) expect(place >= 0 && place < 1200).toBe(true)
      expect(sharedPixels(ours, theirs)).toBe([...pixels].filter((place) => others.has(place)).length)
    }),
  )
})
