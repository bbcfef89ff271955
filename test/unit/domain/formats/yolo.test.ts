import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ImageSize, Xyxy } from '../../../../domain/box.ts'
import {
  fromYoloRow,
  parseLabelText,
  toDataYaml,
  toLabelText,
  toYoloRow,
} from '../../../../domain/formats/yolo.ts'

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
      fromYoloRow(row!, image).forEach((value, index) =>
        expect(Math.abs(value - xyxy[index]!)).toBeLessThan(0.01),
      )
    }),
  )
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
  ['a polygon', '0 0.1 0.1 0.2 0.2 0.3 0.3'],
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
