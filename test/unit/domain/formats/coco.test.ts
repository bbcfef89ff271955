import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LabelledBox } from '../../../../domain/box.ts'
import { fromCoco, toCoco, type CocoImage } from '../../../../domain/formats/coco.ts'
import type { Polygon } from '../../../../domain/polygon.ts'
import { CocoFile } from '../../../../domain/schemas/box-files.ts'

const classes = ['dog', '猫', "l'oiseau"]
const side = fc.integer({ min: 1, max: 30_000 })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const box = fc.record({
  name: fc.constantFrom(...classes),
  shares: fc.tuple(share, share, share, share),
  score: fc.option(share),
})
const image = fc
  .record({ width: side, height: side, boxes: fc.array(box, { maxLength: 6 }) })
  .map(({ width, height, boxes }): Omit<CocoImage, 'file'> => ({
    size: { width, height },
    boxes: boxes.map(({ name, shares: [a, b, c, d], score }): LabelledBox => {
      const [x1, x2, y1, y2] = [Math.min(a, b), Math.max(a, b), Math.min(c, d), Math.max(c, d)]
      return { class: name, xyxy: [x1 * width, y1 * height, x2 * width, y2 * height], score }
    }),
  }))

describe('a COCO file', () => {
  test('gives back every image and box, within a millionth of a pixel', () => {
    fc.assert(
      fc.property(fc.array(image, { maxLength: 5 }), (images) => {
        const named = images.map((one, index) => ({ file: `folder/${index} ü.jpg`, ...one }))
        const back = fromCoco(toCoco(named, classes))
        expect(back.classes).toEqual(classes)
        expect(back.images.map(({ file, size }) => ({ file, size }))).toEqual(
          named.map(({ file, size }) => ({ file, size })),
        )
        back.images.forEach(({ boxes }, at) => {
          expect(boxes).toHaveLength(named[at]!.boxes.length)
          boxes.forEach((found, index) => {
            const given = named[at]!.boxes[index]!
            expect([found.class, found.score]).toEqual([given.class, given.score])
            found.xyxy.forEach((value, corner) => {
              expect(Math.abs(value - given.xyxy[corner]!)).toBeLessThan(1e-6)
            })
          })
        })
      }),
    )
  })

  test('numbers images by their files where all are numbers, else by their place', () => {
    const ids = (...files: string[]): number[] =>
      toCoco(
        files.map((file) => ({ file, size: { width: 1, height: 1 }, boxes: [] })),
        classes,
      ).images.map(({ id }) => id)
    expect(ids('val/000000397133.jpg', '7.png')).toEqual([397133, 7])
    expect(ids('000000397133.jpg', 'a.png')).toEqual([1, 2])
    expect(ids('7.jpg', '7.png')).toEqual([1, 2])
  })

  test('keeps outlines, and counts their area where there are some', () => {
    const polygons: Polygon[] = [
      [
        [1, 1],
        [5, 1],
        [5, 5],
      ],
      [
        [6, 6],
        [8, 6],
        [8, 8],
        [6, 8],
      ],
    ]
    const boxes: LabelledBox[] = [
      { class: 'dog', xyxy: [1, 1, 8, 8], score: 0.5, polygons },
      { class: 'dog', xyxy: [1, 1, 8, 8], score: 0.5 },
    ]
    const document = toCoco([{ file: 'a.jpg', size: { width: 10, height: 10 }, boxes }], classes)
    expect(document.annotations.map(({ area, segmentation }) => [area, segmentation])).toEqual([
      [
        12,
        [
          [1, 1, 5, 1, 5, 5],
          [6, 6, 8, 6, 8, 8, 6, 8],
        ],
      ],
      [49, undefined],
    ])
    expect(fromCoco(document).images[0]?.boxes).toEqual(boxes)
  })

  test('reads run lengths and lines as the box they come with', () => {
    const document = toCoco([{ file: 'a.jpg', size: { width: 10, height: 10 }, boxes: [] }], classes)
    const annotation = { image_id: 1, category_id: 1, bbox: [1, 1, 7, 7] }
    const parsed = CocoFile.parse({
      ...document,
      annotations: [
        { ...annotation, segmentation: { counts: [3, 4], size: [10, 10] } },
        { ...annotation, segmentation: [[1, 1, 5, 5]] },
      ],
    })
    expect(fromCoco(parsed).images[0]?.boxes).toEqual([
      { class: 'dog', xyxy: [1, 1, 8, 8], score: null },
      { class: 'dog', xyxy: [1, 1, 8, 8], score: null },
    ])
  })

  test('has a score where the source has one, never an invented one', () => {
    const size = { width: 10, height: 10 }
    const boxes: LabelledBox[] = [
      { class: 'dog', xyxy: [0, 0, 1, 1], score: null },
      { class: 'dog', xyxy: [0, 0, 1, 1], score: 0 },
    ]
    const [plain, scored] = toCoco([{ file: 'a', size, boxes }], classes).annotations
    expect(plain).not.toHaveProperty('score')
    expect(scored).toHaveProperty('score', 0)
  })

  const one = { id: 1, file_name: 'a.jpg', width: 10, height: 10 }
  const dog = { id: 5, name: 'dog' }

  test('marks crowd regions, there and back', () => {
    const annotation = { image_id: 1, category_id: 5, bbox: [1, 2, 3, 4] as const }
    const annotations = [annotation, { ...annotation, iscrowd: 1 }]
    const back = fromCoco({ images: [one], categories: [dog], annotations })
    const box = { class: 'dog', xyxy: [1, 2, 4, 6], score: null }
    expect(back.images[0]?.boxes).toEqual([box, { ...box, crowd: true }])
    const again = toCoco(back.images, ['dog']).annotations
    expect(again.map(({ iscrowd }) => iscrowd)).toEqual([0, 1])
  })

  test.each([
    ['an image', { image_id: 2, category_id: 5 }],
    ['a category', { image_id: 1, category_id: 1 }],
  ])('is refused when an annotation names %s that is not there', (_, ids) => {
    const annotations = [{ ...ids, bbox: [0, 0, 1, 1] as const }]
    expect(() => fromCoco({ images: [one], categories: [dog], annotations })).toThrow(RangeError)
  })

  test('is refused boxes of a class that is not listed', () => {
    const boxes: LabelledBox[] = [{ class: 'cow', xyxy: [0, 0, 1, 1], score: 1 }]
    expect(() => toCoco([{ file: 'a', size: one, boxes }], classes)).toThrow('cow')
  })
})
