import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ImageSize, LabelledBox } from '../../../../../domain/box.ts'
import { readCocoLabels } from '../../../../../domain/formats/coco-labels.ts'
import { toCoco } from '../../../../../domain/formats/coco.ts'
import { readGeminiReply } from '../../../../../domain/formats/gemini/read-reply.ts'
import { toGeminiReply } from '../../../../../domain/formats/gemini/write-reply.ts'
import { draftRegions } from '../../../../../domain/formats/label-studio.ts'
import { readAnswer } from '../../../../../domain/formats/label-studio-answer.ts'
import {
  fromPredictionRows,
  parsePredictionText,
  toPredictionText,
} from '../../../../../domain/formats/yolo-predictions.ts'
import { createOpenClassTable } from '../../../../../domain/ontology.ts'

const classes = ['cat', 'red blood cell', '猫']
/** Of a picture of 100 to 8000 pixels a box of a fiftieth of a side is never thinner than a pixel. */
const side = fc
  .tuple(fc.integer({ min: 0, max: 980 }), fc.integer({ min: 20, max: 1000 }))
  .map(([from, length]) => [from, Math.min(1000, from + length)] as const)
const entries = fc.uniqueArray(
  fc.record({ y: side, x: side, label: fc.constantFrom(...classes) }).map(({ y, x, label }) => ({
    box_2d: [y[0], x[0], y[1], x[1]],
    label,
  })),
  { maxLength: 3, selector: (entry) => JSON.stringify(entry) },
)
const sizes = fc.record({
  width: fc.integer({ min: 100, max: 8000 }),
  height: fc.integer({ min: 100, max: 8000 }),
})

/** Each format on its way there and back. */
const ways: Readonly<
  Record<string, (boxes: readonly LabelledBox[], size: ImageSize) => readonly LabelledBox[]>
> = {
  'no other format': (boxes) => boxes,
  COCO: (boxes, size) =>
    readCocoLabels(toCoco([{ file: 'a.png', size, boxes }], classes)).files[0]?.boxes ?? [],
  YOLO: (boxes, size) =>
    fromPredictionRows(parsePredictionText(toPredictionText(boxes, size, classes, 'detect')), size, classes),
  'Label Studio': (boxes, size) => {
    const shown = { original_width: size.width, original_height: size.height }
    const result = draftRegions(boxes, { size, idPrefix: 'a' }).map((region) => ({ ...region, ...shown }))
    const answer = readAnswer({ result, skipped: false }, { size, classes })
    return answer.outcome === 'accepted' ? answer.boxes : []
  },
}

it.each(Object.entries(ways))("comes back to the same reply through Gemini's frame and %s", (_, way) => {
  fc.assert(
    fc.property(entries, sizes, (listed, size) => {
      const reading = readGeminiReply(
        { text: JSON.stringify(listed), finish: 'stop' },
        createOpenClassTable(),
        size,
      )
      if (reading.status !== 'ok') throw new Error(reading.status)
      expect(JSON.parse(toGeminiReply(way(reading.boxes, size), size))).toEqual(listed)
    }),
  )
})

it('lists nothing for no boxes, as a reply that says "no objects"', () => {
  expect(toGeminiReply([], { width: 10, height: 10 })).toBe('[]\n')
})
