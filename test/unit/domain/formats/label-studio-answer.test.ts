import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readAnswer, type ReadAnswer } from '../../../../domain/formats/label-studio-answer.ts'

interface Recorded {
  response: { result: unknown[]; was_cancelled: boolean }
}
const recorded = (name: string): Recorded['response'] => {
  const file = new URL(`../../../fixtures/label-studio/annotation.ui-${name}.json`, import.meta.url)
  const recording: Recorded = JSON.parse(readFileSync(file, 'utf8'))
  return recording.response
}
const context = { size: { width: 1026, height: 574 }, classes: ['fish', 'crab', 'RBC'] }
const read = (name: string): ReadAnswer => {
  const { result, was_cancelled: skipped } = recorded(name)
  return readAnswer({ result, skipped }, context)
}
const accepted = (answer: ReadAnswer) => {
  if (answer.outcome !== 'accepted') throw new Error(`expected accepted, got ${JSON.stringify(answer)}`)
  return answer
}

describe('what the editor really submitted', () => {
  it('a moved box keeps its id and old score and is marked as changed', () => {
    const { boxes } = accepted(read('box-moved'))
    expect(boxes.map(({ region, origin, score }) => [region, origin, score])).toEqual([
      ['r1_0', 'prediction', 0.91],
      ['r1_1', 'prediction-changed', 0.55],
      ['r1_2', 'prediction', 0.33],
    ])
    expect(boxes[1]?.xyxy.map(Math.round)).toEqual([440, 192, 645, 278])
  })

  it('a new label is read, not the old one', () => {
    expect(accepted(read('label-changed')).boxes.map((box) => box.class)).toContain('crab')
  })

  it('a drawn box has an id of its own and no score', () => {
    const drawn = accepted(read('box-drawn')).boxes.find(({ origin }) => origin === 'manual')
    expect(drawn).toMatchObject({ region: '_5DyQw7A3F', score: null, class: 'fish' })
  })

  it('a deleted box is gone', () => {
    expect(accepted(read('box-deleted')).boxes).toHaveLength(2)
  })

  it('a note of the source does not disturb', () => {
    expect(accepted(read('merged-with-meta')).boxes).toHaveLength(3)
  })

  it('nothing left means truly nothing there', () => {
    expect(read('empty')).toEqual({ outcome: 'accepted', boxes: [], notes: [] })
  })

  it('a skip is a skip although it carries all boxes', () => {
    expect(recorded('skipped').result.length).toBeGreaterThan(0)
    expect(read('skipped')).toEqual({ outcome: 'skipped' })
  })

  it('an answer given while the image had not loaded is refused', () => {
    expect(read('image-not-loaded')).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'image-not-loaded' },
    })
  })

  it('a polygon gives its upright box, a choice is no box, and both are noted', () => {
    const { boxes, notes } = accepted(read('polygon-and-choice'))
    expect(boxes).toHaveLength(2)
    expect(boxes[0]?.xyxy.map(Math.round)).toEqual([103, 57, 308, 201])
    expect(notes.map(({ kind }) => kind)).toEqual(['polygon', 'ignored'])
  })
})

const shown = { original_width: 1026, original_height: 574, image_rotation: 0 }
const value = { x: 10, y: 20, width: 30, height: 40, rotation: 0, rectanglelabels: ['fish'] }
const region = {
  id: 'r',
  type: 'rectanglelabels',
  from_name: 'box',
  to_name: 'image',
  origin: 'manual',
  ...shown,
  value,
}
const one = (change: object): ReadAnswer =>
  readAnswer({ result: [{ ...region, ...change }], skipped: false }, context)

describe('regions that are refused, and with them the answer', () => {
  it.each([
    ['without sizes', { original_width: undefined, original_height: undefined }, 'image-not-loaded'],
    ['with sizes of null', { original_width: null, original_height: null }, 'image-not-loaded'],
    ['with the size of a broken image', { original_width: 1, original_height: 1 }, 'image-not-loaded'],
    ['of another image', { original_width: 574, original_height: 1026 }, 'image-not-loaded'],
    ['on an image turned in the editor', { image_rotation: 90 }, 'unreadable-region'],
    [
      'of a class the config does not know',
      { value: { ...value, rectanglelabels: ['whale'] } },
      'unknown-class',
    ],
    ['of another tool', { type: 'brushlabels', value: { format: 'rle', rle: [1] } }, 'unreadable-region'],
    ['with words for numbers', { value: { ...value, x: 'left' } }, 'unreadable-region'],
    ['with NaN', { value: { ...value, width: Number.NaN } }, 'unreadable-region'],
    ['without a type', { type: undefined }, 'unreadable-region'],
  ])('a region %s', (_name, change, code) => {
    expect(one(change)).toMatchObject({ outcome: 'refused', refusal: { code } })
  })

  it('names the class that is not known', () => {
    const answer = one({ value: { ...value, rectanglelabels: ['whale'] } })
    expect(answer).toMatchObject({ refusal: { detail: expect.stringContaining('"whale"') } })
  })

  it('one bad region among good ones: what is left would say that nothing else is there', () => {
    const result = [region, { ...region, original_width: undefined }]
    expect(readAnswer({ result, skipped: false }, context).outcome).toBe('refused')
  })
})

describe('regions that are mended, with a note', () => {
  it.each([
    ['rotated', { value: { ...value, x: 40, rotation: 30 } }, ['rotated']],
    ['with a negative height', { value: { ...value, y: 60, height: -40 } }, ['negative-size']],
    ['reaching far out of the image', { value: { ...value, x: 90 } }, ['clamped']],
    ['with two labels', { value: { ...value, rectanglelabels: ['fish', 'crab'] } }, ['several-labels']],
  ])('a region %s', (_name, change, kinds) => {
    const { boxes, notes } = accepted(one(change))
    expect(boxes).toHaveLength(1)
    expect(boxes[0]?.class).toBe('fish')
    expect(notes.map(({ kind }) => kind)).toEqual(kinds)
    const [x1, y1, x2, y2] = boxes[0]!.xyxy
    expect([x1 >= 0, y1 >= 0, x2 > x1, y2 > y1, x2 <= 1026, y2 <= 574]).not.toContain(false)
  })

  it.each([
    ['without a label', { value: { ...value, rectanglelabels: [] } }, 'no-label'],
    ['thinner than a pixel', { value: { ...value, width: 0.01 } }, 'degenerate'],
  ])('a region %s is left out', (_name, change, kind) => {
    const { boxes, notes } = accepted(one(change))
    expect(boxes).toEqual([])
    expect(notes.map((note) => note.kind)).toEqual([kind])
  })

  it('half a pixel over the edge is drawing at the edge', () => {
    const { boxes, notes } = accepted(one({ value: { ...value, x: 70.02 } }))
    expect(notes).toEqual([])
    expect(boxes[0]?.xyxy[2]).toBe(1026)
  })

  it('a smaller review copy of the same proportions is the same image', () => {
    expect(accepted(one({ original_width: 513, original_height: 287 })).boxes).toHaveLength(1)
  })
})
