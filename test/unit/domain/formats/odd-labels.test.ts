import { XMLParser } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { readCocoLabels, type ForeignCoco } from '../../../../domain/formats/coco-labels.ts'
import { fromVoc } from '../../../../domain/formats/voc.ts'
import { readYoloLabels } from '../../../../domain/formats/yolo-labels.ts'
import { placeBoxes } from '../../../../domain/label-files.ts'
import { CocoFile, VocFile } from '../../../../domain/schemas/label-files.ts'

const reasons = ({ skipped }: { skipped: readonly { reason: string }[] }) =>
  skipped.map(({ reason }) => reason)

describe('a COCO file of somebody else', () => {
  const image = { id: 7, file_name: 'a.jpg', width: 100, height: 50 }
  const dog = { id: 'd', name: 'dog' }
  const box = { image_id: 7, category_id: 'd', bbox: [1, 2, 10, 20] }
  const read = (annotations: readonly object[], more: Partial<ForeignCoco> = {}) =>
    readCocoLabels(CocoFile.parse({ images: [image], categories: [dog], annotations, ...more }))

  test('may have no annotations: its images are those where nothing is', () => {
    expect(readCocoLabels(CocoFile.parse({ images: [image], categories: [] })).files[0]?.boxes).toEqual([])
  })

  test.each<[string, object, string]>([
    ['of an image that is not listed', { ...box, image_id: 8 }, 'unknown-image'],
    ['of a category that is not listed', { ...box, category_id: 'x' }, 'unknown-category'],
    ['with a negative width', { ...box, bbox: [1, 2, -10, 20] }, 'bad-box'],
    ['with no area', { ...box, bbox: [1, 2, 0, 20] }, 'bad-box'],
    ['with three numbers', { ...box, bbox: [1, 2, 3] }, 'bad-box'],
    ['with nothing', { image_id: 7, category_id: 'd' }, 'bad-box'],
  ])('skips an annotation %s, and keeps the others', (_, odd, reason) => {
    const found = read([odd, box])
    expect(reasons(found)).toEqual([reason])
    expect(found.files[0]?.boxes.map(({ xyxy }) => xyxy)).toEqual([[1, 2, 11, 22]])
  })

  test('says that a run-length mask was not read, and keeps its box; a crowd has no other', () => {
    const segmentation = { counts: [1, 2], size: [50, 100] }
    expect(reasons(read([{ ...box, segmentation }]))).toEqual(['mask-not-read'])
    const crowd = read([{ ...box, segmentation, iscrowd: 1 }])
    expect(crowd).toMatchObject({ skipped: [], files: [{ boxes: [{ crowd: true }] }] })
  })

  test('takes an instance that has outlines and no box', () => {
    const segmentation = [[1, 2, 11, 2, 11, 22]]
    expect(read([{ image_id: 7, category_id: 'd', segmentation }]).files[0]?.boxes[0]?.xyxy).toEqual([
      1, 2, 11, 22,
    ])
  })

  test('knows shares from pixels', () => {
    expect(read([{ ...box, bbox: [0.25, 0.5, 0.5, 0.5] }]).files[0]?.boxes[0]?.xyxy).toEqual([25, 25, 75, 50])
  })

  test('with two images of one id keeps the first', () => {
    const found = read([box], { images: [image, { ...image, file_name: 'b.jpg' }] })
    expect(found.files.map(({ file }) => file)).toEqual(['a.jpg'])
    expect(reasons(found)).toEqual(['named-twice'])
  })
})

describe('a Pascal VOC file of somebody else', () => {
  const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, trimValues: true })
  const read = (inner: string) =>
    fromVoc(
      VocFile.parse(parser.parse(`<annotation verified="yes">${inner}</annotation>`)).annotation,
      'by-its-file',
    )
  const size = '<size><width> 100 </width><height>50</height></size>'
  const object = (box: string, name = '<name>dog</name>') => `<object>${name}<bndbox>${box}</bndbox></object>`
  const box = '<xmin>1</xmin><ymin>2</ymin><xmax>11.5</xmax><ymax>22</ymax>'

  test('without objects says that nothing is there', () => {
    expect(read(`<filename>a.jpg</filename>${size}`)).toEqual({
      files: [{ file: 'a.jpg', size: { width: 100, height: 50 }, boxes: [] }],
      skipped: [],
    })
  })

  test('without a file name is called as its own file', () => {
    expect(read(`${size}${object(box)}`).files[0]?.file).toBe('by-its-file')
  })

  test('without a size cannot be placed', () => {
    expect(reasons(read(object(box)))).toEqual(['unreadable-file'])
  })

  test.each([
    ['a number that is none', object(box.replace('11.5', 'wide')), 'bad-box'],
    ['corners the wrong way round', object(box.replace('11.5', '0')), 'bad-box'],
    ['no box', '<object><name>dog</name></object>', 'bad-box'],
    ['no name', object(box, ''), 'unknown-category'],
  ])('skips an object with %s, and keeps the others', (_, odd, reason) => {
    const found = read(`${size}${odd}${object(box, '<name>42</name>')}`)
    expect(reasons(found)).toEqual([reason])
    expect(found.files[0]?.boxes).toEqual([{ class: '42', xyxy: [1, 2, 11.5, 22], score: null }])
  })

  test('knows shares from pixels', () => {
    const shares = '<xmin>0.25</xmin><ymin>0.5</ymin><xmax>0.75</xmax><ymax>1</ymax>'
    expect(read(`${size}${object(shares)}`).files[0]?.boxes[0]?.xyxy).toEqual([25, 25, 75, 50])
  })
})

describe('a YOLO label file of somebody else', () => {
  const read = (text: string) => readYoloLabels(text, 'a', ['dog'])

  test.each([
    ['pixels', '0 320 240 100 100', 'bad-box'],
    ['percent', '0 50 50 10 10', 'bad-box'],
    ['a class without a name', '3 0.5 0.5 0.1 0.1', 'unknown-category'],
    ['words', 'dog 0.5 0.5 0.1 0.1', 'unknown-category'],
    ['a box without area', '0 0.5 0.5 0 0.1', 'bad-box'],
    ['half a corner', '0 0.1 0.1 0.2 0.2 0.3 0.3 0.4', 'bad-box'],
    ['numbers that are none', '0 0.5 0.5 nan 0.1', 'bad-box'],
  ])('skips a row of %s and names it, and keeps the others', (_, row, reason) => {
    const found = read(`0 0.5 0.5 0.5 0.5\r\n${row}\r\n`)
    expect(reasons(found)).toEqual([reason])
    expect(found.skipped[0]?.detail).toContain('line 2')
    expect(found.files[0]?.boxes).toHaveLength(1)
  })

  test('may hold scores, and shares a hair outside', () => {
    expect(read('0 0.5 0.5 1.0000001 0.5 0.9').files[0]?.boxes[0]?.xyxy).toEqual([0, 0.25, 1, 0.75])
  })
})

describe('labels of a picture of another size', () => {
  const boxes = [
    {
      class: 'dog',
      xyxy: [10, 20, 30, 40] as const,
      score: null,
      polygons: [
        [
          [10, 20],
          [30, 20],
          [30, 40],
        ] as const,
      ],
    },
  ]
  test('are scaled when it is a copy of the same shape', () => {
    const placed = placeBoxes(
      { file: 'a', size: { width: 100, height: 50 }, boxes },
      { width: 200, height: 100 },
    )
    expect(placed).toEqual([
      {
        class: 'dog',
        xyxy: [20, 40, 60, 80],
        score: null,
        polygons: [
          [
            [20, 40],
            [60, 40],
            [60, 80],
          ],
        ],
      },
    ])
  })
  test('cannot be placed when the picture was turned or cut', () => {
    expect(
      placeBoxes({ file: 'a', size: { width: 100, height: 50 }, boxes }, { width: 50, height: 100 }),
    ).toBeNull()
  })
})
