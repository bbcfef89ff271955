import { describe, expect, it } from 'vitest'
import { questionSchema, questionText } from '../../../../../domain/formats/gemini/question.ts'
import { readAnswer } from '../../../../../domain/formats/gemini/read-answer.ts'

const size = { width: 200, height: 100 }
const read = (
  text: string,
  form: 'boxes' | 'points' | 'boxes3d',
  pictures = 1,
  finish: 'stop' | 'cut' = 'stop',
) =>
  readAnswer(
    { text, finish },
    form,
    Array.from({ length: pictures }, () => size),
  )
const solid = [0.1, 2, 0, 1, 1, 1, 0, 0, 45]

describe('readAnswer', () => {
  it.each([
    ['points', '[{"point":[500,250],"label":"Katze"}]', { label: 'Katze', xy: [50, 50] }],
    [
      'boxes3d',
      `[{"label":"椅子","box_3d":${JSON.stringify(solid)}}]`,
      { label: '椅子', box3d: { centre: [0.1, 2, 0], size: [1, 1, 1], rotation: [0, 0, 45] } },
    ],
    ['boxes', '[{"box_2d":[0,0,500,500],"label":"قطة"}]', { label: 'قطة', xyxy: [0, 0, 100, 50] }],
  ] as const)('reads %s with labels in any language', (form, text, expected) => {
    const reading = read(text, form)
    expect(reading).toMatchObject({ status: 'read', items: [[expected]], faults: [] })
  })

  it('takes the complete points of an answer that was cut, and says so', () => {
    const reading = read('[{"point":[500,250],"label":"a"},{"point":[1', 'points', 1, 'cut')
    expect(reading).toMatchObject({ status: 'read', items: [[{ xy: [50, 50] }]] })
    expect(reading).toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining({ kind: 'cut' })]),
    })
  })

  it.each([
    [
      'a point outside the picture',
      'points',
      '[{"point":[1500,250],"label":"a"},{"point":[1,1],"label":"b"}]',
    ],
    [
      'a solid without size',
      'boxes3d',
      `[{"label":"a","box_3d":[0,0,0,0,1,1,0,0,0]},{"label":"b","box_3d":[1,2,3,1,1,1,0,0,0]}]`,
    ],
  ] as const)('drops %s with a fault', (_, form, text) => {
    const reading = read(text, form)
    expect(reading).toMatchObject({ status: 'read', faults: [{ kind: 'not-a-box' }] })
    expect(reading.status === 'read' ? reading.items[0] : []).toHaveLength(1)
  })

  it('tells an empty list from no answer', () => {
    expect(read('[]', 'points')).toEqual({ status: 'read', items: [[]], faults: [] })
    expect(read('I see nothing.', 'points')).toMatchObject({ status: 'unreadable' })
    expect(read('[{"point":"here"}]', 'points')).toMatchObject({ status: 'unreadable' })
  })

  it('sorts entries of several pictures by the picture they name', () => {
    const entry = (image: unknown) => ({ image, box_2d: [0, 0, 500, 500], label: 'a' })
    const reading = read(JSON.stringify([entry(2), entry(1), entry(2), entry(7)]), 'boxes', 3)
    expect(reading.status === 'read' ? reading.items.map((items) => items.length) : []).toEqual([1, 2, 0])
    expect(reading).toMatchObject({ faults: [{ kind: 'not-a-box' }] })
  })
})

describe('a question', () => {
  const base = { prompt: 'a $& cat', language: null, outlines: 'polygons', pictures: 1 } as const

  it.each(['boxes', 'points', 'masks', 'boxes3d', 'text'] as const)(
    'for %s holds the words of the person',
    (form) => {
      expect(questionText({ ...base, form })).toContain('a $& cat')
      expect(questionSchema({ ...base, form }) === null).toBe(form === 'text')
    },
  )

  it('about several pictures has every entry say which it is about', () => {
    const asked = { ...base, form: 'points' as const, pictures: 3 }
    expect(questionText(asked)).toContain('"image"')
    expect(questionSchema(asked)?.items?.properties?.['image']).toEqual({
      type: 'INTEGER',
      minimum: 1,
      maximum: 3,
    })
  })

  it('names the language of the labels', () => {
    expect(questionText({ ...base, form: 'boxes', language: '日本語' })).toContain('in 日本語')
  })
})
