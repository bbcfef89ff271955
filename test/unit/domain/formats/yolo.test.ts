import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ImageSize, LabelledBox, Xyxy } from '../../../../domain/box.ts'
import {
  fromYoloOutline,
  fromYoloRow,
  parseLabelText,
  toDataYaml,
  toLabelText,
  toYoloLabels,
  toYoloOutline,
  toYoloRow,
} from '../../../../domain/formats/yolo.ts'
import { hull } from '../../../../domain/polygon.ts'
import { outlinesApart } from '../../../fixtures/outlines.ts'

const size = fc.record({
  width: fc.integer({ min: 10, max: 30_000 }),
  height: fc.integer({ min: 10, max: 30_000 }),
})
const share = fc.double({ min: 0, max: 1, noNaN: true })

const sizedBox = fc
  .tuple(size, share, share, share, share)
  .map(([image, a, b, c, d]): [ImageSize, Xyxy] => [
    image,
    [
      Math.min(a, b) * image.width,
      Math.min(c, d) * image.height,
      Math.max(a, b) * image.width,
      Math.max(c, d) * image.height,
    ],
  ])

test('a box comes back from its label file within a hundredth of a pixel, whatever the image size', () => {
  fc.assert(
    fc.property(sizedBox, fc.integer({ min: 0, max: 999 }), ([image, xyxy], classIndex) => {
      const [row] = parseLabelText(toLabelText([toYoloRow(classIndex, xyxy, image)]))
      expect(row?.classIndex).toBe(classIndex)
      if (row === undefined || 'ring' in row) throw new Error('a box became an outline')
      fromYoloRow(row, image).forEach((value, index) =>
        expect(Math.abs(value - xyxy[index]!)).toBeLessThan(0.01),
      )
    }),
  )
})

const sorted = (outlines: readonly (readonly (readonly [number, number])[])[]) =>
  outlines
    .map((outline) =>
      outline
        .map(([x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`)
        .sort()
        .join(', '),
    )
    .sort()

test('the outlines of an instance come back from its label file, several of them as several', () => {
  fc.assert(
    fc.property(outlinesApart, fc.integer({ min: 400, max: 30_000 }), (polygons, side) => {
      const image = { width: side, height: side + 7 }
      const text = toLabelText([toYoloOutline(3, { xyxy: hull(polygons.flat()), polygons }, image)])
      const [row] = parseLabelText(text)
      if (row === undefined || !('ring' in row)) throw new Error('an outline became a box')
      const back = fromYoloOutline(row, image)
      expect(row.classIndex).toBe(3)
      expect(sorted(back?.polygons ?? [])).toEqual(sorted(polygons))
      back?.xyxy.forEach((value, index) => expect(value).toBeCloseTo(hull(polygons.flat())[index]!, 3))
    }),
  )
})

describe('a label file for segmentation', () => {
  const image = { width: 100, height: 100 }
  const plain: LabelledBox = { class: 'b', xyxy: [10, 20, 30, 40], score: null }
  const outlined: LabelledBox = {
    class: 'a',
    xyxy: [0, 0, 20, 10],
    score: null,
    polygons: [
      [
        [0, 0],
        [20, 0],
        [10, 10],
      ],
    ],
  }

  test('holds outlines only: a box without one is its four corners, so that the trainer keeps the image', () => {
    expect(toLabelText(toYoloLabels([plain, outlined], image, ['a', 'b'], 'segment'))).toBe(
      '1 0.10000000 0.20000000 0.30000000 0.20000000 0.30000000 0.40000000 0.10000000 0.40000000\n' +
        '0 0.00000000 0.00000000 0.20000000 0.00000000 0.10000000 0.10000000\n',
    )
  })

  test('holds boxes only when it is for detection', () => {
    const rows = toYoloLabels([plain, outlined], image, ['a', 'b'], 'detect')
    expect(rows.map((row) => 'ring' in row)).toEqual([false, false])
  })

  test('leaves crowd regions out, for either task', () => {
    const crowd = { ...plain, crowd: true }
    expect(toYoloLabels([crowd], image, ['b'], 'detect')).toEqual([])
    expect(toYoloLabels([crowd, outlined], image, ['a', 'b'], 'segment')).toHaveLength(1)
  })

  test('cuts outlines to the image', () => {
    const outline: LabelledBox['polygons'] = [
      [
        [-5, 50],
        [120, 50],
        [50, 130],
      ],
    ]
    const [row] = toYoloLabels([{ ...outlined, polygons: outline }], image, ['a'], 'segment')
    expect(row).toEqual({
      classIndex: 0,
      ring: [
        [0, 0.5],
        [1, 0.5],
        [0.5, 1],
      ],
    })
  })

  test('knows no class that is not listed', () => {
    expect(() => toYoloLabels([plain], image, ['a'], 'segment')).toThrow('b is none of a')
  })
})

const anywhere = fc.double({ min: -5000, max: 40_000, noNaN: true })

test('a box that reaches out of the image is cut to it, so that the trainer keeps the image', () => {
  fc.assert(
    fc.property(size, fc.tuple(anywhere, anywhere, anywhere, anywhere), (image, [a, b, c, d]) => {
      const xyxy: Xyxy = [Math.min(a, b), Math.min(c, d), Math.max(a, b), Math.max(c, d)]
      const { centreX, centreY, width, height } = toYoloRow(0, xyxy, image)
      for (const value of [centreX, centreY, width, height]) {
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('a label row is class, centre and size, as worked out by hand', () => {
  expect(toLabelText([toYoloRow(2, [100, 50, 300, 150], { width: 400, height: 200 })])).toBe(
    '2 0.50000000 0.50000000 0.50000000 0.50000000\n',
  )
})

test('an image without boxes has an empty label file', () => {
  expect(toLabelText([])).toBe('')
  expect(parseLabelText('')).toEqual([])
})

test.each([
  ['a row with a score', '0 0.5 0.5 0.1 0.1 0.9'],
  ['an outline of half a corner too many', '0 0.1 0.1 0.2 0.2 0.3 0.3 0.4'],
  ['a share above one', '0 0.5 0.5 1.2 0.1'],
  ['a class that is no number', 'cat 0.5 0.5 0.1 0.1'],
  ['a missing value', '0 0.5 0.5 0.1'],
])('refuses %s and names the line', (_name, line) => {
  expect(() => parseLabelText(`0 0.5 0.5 0.1 0.1\n${line}\n`)).toThrow('Line 2')
})

test.each([
  ['plain names', ['RBC', 'WBC']],
  ['names that YAML would read as something else', ['no', '1', 'null', '2026-11-21', '~']],
  ['names with quotes, colons and line breaks', ['a "b": c', "it's", 'x\ny', '# hash', '日本']],
])('data.yaml keeps %s and never tells the trainer to download', (_name, classes) => {
  const read = parse(toDataYaml({ folder: '/data/a b: "c"', classes }))
  expect(read).toEqual({
    path: '/data/a b: "c"',
    train: 'images/train',
    val: 'images/val',
    names: Object.fromEntries(classes.map((name, index) => [index, name])),
  })
})
