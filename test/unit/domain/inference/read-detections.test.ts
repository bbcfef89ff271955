import { describe, expect, it } from 'vitest'
import { letterbox } from '../../../../domain/inference/letterbox.ts'
import type { ModelOutput } from '../../../../domain/inference/model-output.ts'
import { readDetections } from '../../../../domain/inference/read-detections.ts'

const place = letterbox({ width: 64, height: 64 }, { width: 64, height: 64 })
const settings = { confidence: 0.25, iou: 0.7, maxDetections: 300 }
const classes = ['cat', 'dog']

/** A raw head [1, 6, anchors] from one row an anchor. */
const raw = (...anchors: number[][]): ModelOutput => ({
  head: {
    values: Float32Array.from({ length: 6 * anchors.length }, (_, at) => {
      const row = Math.floor(at / anchors.length)
      return anchors[at % anchors.length]?.[row] ?? 0
    }),
    rows: 6,
    columns: anchors.length,
  },
  prototypes: null,
})
const endToEnd = (...rows: number[][]): ModelOutput => ({
  head: { values: Float32Array.from(rows.flat()), rows: rows.length, columns: 6 },
  prototypes: null,
})

describe('readDetections of a raw head', () => {
  const model = { head: 'raw' as const, classes }

  it('turns centre and size into corners and takes the best class', () => {
    const boxes = readDetections(raw([20, 30, 8, 4, 0.3, 0.75]), model, place, settings)
    expect(boxes).toEqual([{ class: 'dog', xyxy: [16, 28, 24, 32], score: 0.75 }])
  })

  it('takes the first class when two score the same', () => {
    const boxes = readDetections(raw([20, 30, 8, 4, 0.5, 0.5]), model, place, settings)
    expect(boxes.map((box) => box.class)).toEqual(['cat'])
  })

  it('leaves out a score that equals the threshold, and one that is no number', () => {
    const boxes = readDetections(
      raw([20, 30, 8, 4, 0.25, 0], [20, 30, 8, 4, Number.NaN, 0]),
      model,
      place,
      settings,
    )
    expect(boxes).toEqual([])
  })

  it('compares with the threshold in float32, as the trainer does', () => {
    const justAbove = Math.fround(0.1)
    expect(justAbove).toBeGreaterThan(0.1)
    const boxes = readDetections(raw([20, 30, 8, 4, justAbove, 0]), model, place, {
      ...settings,
      confidence: 0.1,
    })
    expect(boxes).toEqual([])
  })

  it('refuses a box that is not made of numbers', () => {
    const broken = raw([Number.NaN, 30, 8, 4, 0.9, 0])
    expect(() => readDetections(broken, model, place, settings)).toThrow(/not made of numbers/)
  })
})

describe('readDetections of an end-to-end head', () => {
  const model = { head: 'end-to-end' as const, classes }

  it('takes the rows as they are, without suppressing any', () => {
    const boxes = readDetections(
      endToEnd([1, 2, 9, 9, 0.9, 1], [1, 2, 9, 9, 0.8, 1], [0, 0, 0, 0, 0, 0]),
      model,
      place,
      settings,
    )
    expect(boxes.map(({ score }) => score)).toEqual([Math.fround(0.9), Math.fround(0.8)])
  })

  it('stops at the limit', () => {
    const rows = endToEnd([1, 2, 9, 9, 0.9, 1], [1, 2, 9, 9, 0.8, 1])
    expect(readDetections(rows, model, place, { ...settings, maxDetections: 1 })).toHaveLength(1)
  })

  it('refuses a class the model does not name', () => {
    expect(() => readDetections(endToEnd([1, 2, 9, 9, 0.9, 2]), model, place, settings)).toThrow(/class 2/)
  })
})
