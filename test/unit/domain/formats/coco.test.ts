import { describe, expect, test } from 'vitest'
import type { LabelledBox } from '../../../../domain/box.ts'
import { readCocoLabels } from '../../../../domain/formats/coco-labels.ts'
import { toCoco } from '../../../../domain/formats/coco.ts'
import type { Polygon } from '../../../../domain/polygon.ts'

const classes = ['dog', '猫', "l'oiseau"]
describe('a COCO file', () => {
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
    expect(readCocoLabels(document).files[0]?.boxes).toEqual(boxes)
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
    const back = readCocoLabels({ images: [one], categories: [dog], annotations })
    const box = { class: 'dog', xyxy: [1, 2, 4, 6], score: null }
    expect(back.files[0]?.boxes).toEqual([box, { ...box, crowd: true }])
    const again = toCoco(back.files, ['dog']).annotations
    expect(again.map(({ iscrowd }) => iscrowd)).toEqual([0, 1])
  })

  test('is refused boxes of a class that is not listed', () => {
    const boxes: LabelledBox[] = [{ class: 'cow', xyxy: [0, 0, 1, 1], score: 1 }]
    expect(() => toCoco([{ file: 'a', size: one, boxes }], classes)).toThrow('cow')
  })
})
