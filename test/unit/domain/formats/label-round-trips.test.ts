import { XMLParser } from 'fast-xml-parser'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { hull } from '../../../../domain/polygon.ts'
import { readCocoLabels } from '../../../../domain/formats/coco-labels.ts'
import { toCoco } from '../../../../domain/formats/coco.ts'
import { fromVoc, toVoc } from '../../../../domain/formats/voc.ts'
import { readYoloLabels } from '../../../../domain/formats/yolo-labels.ts'
import { toLabelText, toYoloLabels } from '../../../../domain/formats/yolo.ts'
import { placeBoxes } from '../../../../domain/label-files.ts'
import { CocoFile, VocFile } from '../../../../domain/schemas/label-files.ts'
import { comparable, labelledImage, wordsForClasses } from '../../../fixtures/labelled-images.ts'

const named = fc
  .array(labelledImage, { maxLength: 4 })
  .map((images) => images.map((image, index) => ({ file: `ordner ü/${index}.jpg`, ...image })))

const scores = fc.option(fc.double({ min: 0, max: 1, noNaN: true }))

test('COCO gives back every class, box, outline, crowd and score', () => {
  fc.assert(
    fc.property(named, scores, (plain, score) => {
      const images = plain.map((image) => ({
        ...image,
        boxes: image.boxes.map((box) => ({ ...box, score })),
      }))
      const text = JSON.stringify(toCoco(images, wordsForClasses))
      const { files, classes, skipped } = readCocoLabels(CocoFile.parse(JSON.parse(text)))
      expect(skipped).toEqual([])
      expect(classes).toEqual(wordsForClasses)
      expect(files.map(({ file, size }) => ({ file, size }))).toEqual(
        images.map(({ file, size }) => ({ file, size })),
      )
      expect(files.map(({ boxes }) => comparable(boxes, 4))).toEqual(
        images.map(({ boxes }) => comparable(boxes, 4)),
      )
    }),
  )
})

const xml = new XMLParser({ parseTagValue: false, ignoreAttributes: true, trimValues: true })

test('Pascal VOC gives back every box, outline and crowd', () => {
  fc.assert(
    fc.property(labelledImage, (image) => {
      const file = 'ordner ü/a & b.jpg'
      const { files, skipped } = fromVoc(
        VocFile.parse(xml.parse(toVoc({ file, ...image }), true)).annotation,
        'x',
      )
      expect(skipped).toEqual([])
      expect(files.map((one) => ({ ...one, boxes: comparable(one.boxes, 4) }))).toEqual([
        { file, size: image.size, boxes: comparable(image.boxes, 4) },
      ])
    }),
  )
})

test('YOLO labels of boxes give back every box but crowds', () => {
  fc.assert(
    fc.property(labelledImage, ({ size, boxes }) => {
      const text = toLabelText(toYoloLabels(boxes, size, wordsForClasses, 'detect'))
      const { files, skipped } = readYoloLabels(text, 'a', wordsForClasses)
      expect(skipped).toEqual([])
      const wanted = boxes
        .filter(({ crowd }) => crowd !== true)
        .map((box) => ({ ...box, polygons: undefined }))
      expect(comparable(placeBoxes(files[0]!, size)!, 2)).toEqual(comparable(wanted, 2))
    }),
  )
})

test('YOLO labels of outlines give back every outline but crowds; a box without one comes back as its corners', () => {
  fc.assert(
    fc.property(labelledImage, ({ size, boxes }) => {
      const text = toLabelText(toYoloLabels(boxes, size, wordsForClasses, 'segment'))
      const { files, skipped } = readYoloLabels(text, 'a', wordsForClasses)
      expect(skipped).toEqual([])
      const wanted = boxes
        .filter(({ crowd }) => crowd !== true)
        .map((box) => {
          const [x1, y1, x2, y2] = box.xyxy
          const polygons = box.polygons ?? [
            [
              [x1, y1],
              [x2, y1],
              [x2, y2],
              [x1, y2],
            ] as const,
          ]
          return { ...box, polygons, xyxy: hull(polygons.flat()) }
        })
      expect(comparable(placeBoxes(files[0]!, size)!, 2)).toEqual(comparable(wanted, 2))
    }),
  )
})
