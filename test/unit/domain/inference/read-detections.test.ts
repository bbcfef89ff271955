import { describe, expect, it } from 'vitest'
import type { Xyxy } from '../../../../domain/box.ts'
import { letterbox } from '../../../../domain/inference/letterbox.ts'
import type { MaskPrototypes, ModelOutput } from '../../../../domain/inference/model-output.ts'
import { readDetections } from '../../../../domain/inference/read-detections.ts'
import { hull } from '../../../../domain/polygon.ts'

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

describe('readDetections of a head with masks', () => {
  const model = { head: 'raw' as const, classes }
  /** Two prototypes on a grid of 16 x 16: the left half, and everything but the left half. */
  const halves: MaskPrototypes = {
    count: 2,
    width: 16,
    height: 16,
    values: Float32Array.from({ length: 512 }, (_, at) => {
      const isLeft = at % 16 < 8
      return isLeft === at < 256 ? 1 : -1
    }),
  }
  /** One anchor: box, two scores, two coefficients. */
  const answer = (...coefficients: [number, number]): ModelOutput => ({
    head: { values: Float32Array.of(32, 32, 32, 32, 0.9, 0, ...coefficients), rows: 8, columns: 1 },
    prototypes: halves,
  })

  it.each<[string, [number, number], Xyxy]>([
    ['the first prototype', [1, 0], [16, 16, 32, 48]],
    ['the second', [0, 1], [32, 16, 48, 48]],
    ['one against the other', [1, -2], [16, 16, 32, 48]],
  ])('weighs prototypes by coefficients: %s', (_, coefficients, expected) => {
    const [box] = readDetections(answer(...coefficients), model, place, settings)
    expect(box?.xyxy).toEqual([16, 16, 48, 48])
    expect(box?.polygons?.map(hull)).toEqual([expected])
  })

  it('knows no detection without a mask, as the trainer', () => {
    expect(readDetections(answer(0, 0), model, place, settings)).toEqual([])
    expect(readDetections(answer(-1, -1), model, place, settings)).toEqual([])
  })

  it('keeps no coefficient for a score', () => {
    const two = { head: 'raw' as const, classes: ['cat', 'dog'] }
    const boxes = readDetections(answer(1, 5), two, place, settings)
    expect(boxes.map((box) => [box.class, box.score])).toEqual([['cat', Math.fround(0.9)]])
  })

  it('bounds what 300 masks over a large input take', () => {
    const side = 640
    const many = 300
    const rows = 6 + 2
    const values = Float32Array.from(
      { length: rows * many },
      (_, at) => [side / 2, side / 2, side, side, 0.9, 0, 1, 0][Math.floor(at / many)] ?? 0,
    )
    const whole = letterbox({ width: side, height: side }, { width: side, height: side })
    const before = process.memoryUsage().rss
    const boxes = readDetections(
      { head: { values, rows, columns: many }, prototypes: halves },
      model,
      whole,
      {
        ...settings,
        iou: 1,
      },
    )
    expect(boxes).toHaveLength(many)
    expect(boxes.every(({ polygons }) => (polygons?.flat().length ?? 0) < 20)).toBe(true)
    // All masks at once would be 0.5 GB of numbers.
    expect(process.memoryUsage().rss - before).toBeLessThan(250e6)
  })
})
