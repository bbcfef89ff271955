import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readGeminiReply } from '../../../../../domain/formats/gemini/read-reply.ts'
import { createClassTable } from '../../../../../domain/ontology.ts'

const classes = createClassTable([
  { name: 'RBC', aliases: ['red blood cell'] },
  { name: 'WBC', aliases: [] },
])
const size = { width: 1000, height: 500 }
const read = (text: string, finish: 'stop' | 'cut' = 'stop') =>
  readGeminiReply({ text, finish }, classes, size)

const one = '{"box_2d": [100, 200, 300, 400], "label": "RBC"}'
const two = '{"box_2d": [500, 600, 700, 800], "label": "WBC"}'
const first = { class: 'RBC', xyxy: [200, 50, 400, 150], score: null }
const second = { class: 'WBC', xyxy: [600, 250, 800, 350], score: null }

describe('replies that are read whole', () => {
  test.each([
    ['a plain list', `[${one}, ${two}]`, []],
    ['a list in a code fence', `\`\`\`json\n[${one},\n${two}]\n\`\`\``, ['fenced']],
    ['a fence with prose around', `Sure!\n\`\`\`\n[${one}, ${two}]\n\`\`\`\nDone.`, ['fenced']],
    [
      'prose with brackets and a quote',
      `My list [see "below"], 5" wide:\n[${one}, ${two}]\nIt's all.`,
      ['prose'],
    ],
    ['a list in an object', `{"detections": [${one}, ${two}]}`, ['wrapped']],
    [
      'a list in an object with other fields',
      `{"count": 2, "objects": [${one}, ${two}], "note": "x"}`,
      ['wrapped'],
    ],
    ['two lists one after the other', `[${one}]\n\n[${two}]`, ['prose']],
    ['JSON inside a JSON string', JSON.stringify(`[${one}, ${two}]`), []],
    ['the key class', `[${one.replace('label', 'class')}, ${two}]`, []],
    ['the key class_name', `[${one.replace('label', 'class_name')}, ${two}]`, []],
    ['an alias in another case', `[${one.replace('RBC', 'Red Blood Cell')}, ${two}]`, []],
    ['a bracket inside a string', `x [{"note": "a ] b }", ${one.slice(1)}, ${two}]`, ['prose']],
  ])('%s', (_, text, faults) => {
    const reading = read(text)
    expect(reading).toMatchObject({ status: 'ok', boxes: [first, second] })
    expect(reading.faults.map(({ kind }) => kind)).toEqual(faults)
  })

  test.each([
    ['alone', '[]'],
    ['in an object', '{"detections": []}'],
    ['in a fence', '```json\n[]\n```'],
    ['after prose', 'There is nothing of the kind: []'],
  ])('an empty list %s is an honest "no objects"', (_, text) => {
    expect(read(text)).toMatchObject({ status: 'ok', boxes: [] })
  })
})

describe('replies with nothing to stand on', () => {
  test.each([
    ['prose', 'I am sorry, but I cannot see any picture.'],
    ['nothing', ''],
    ['an error in JSON', '{"error": {"code": 500, "message": "internal"}}'],
    ['null', 'null'],
    ['a list of words', '["RBC", "WBC"]'],
    ['bare numbers', '[[100, 200, 300, 400]]'],
    ['a footnote', 'No idea [1].'],
    ['a list cut before its first object ends', '[{"box_2d": [100, 200, 30'],
    ['a list cut right after its start', '[\n'],
    ['an object cut with an empty list inside', '[{"box_2d": [], "lab'],
    ['pixels of a larger picture', `[${one.replace('400', '1800')}, ${two.replace('800', '3100')}]`],
    ['fractions', '[{"box_2d": [0.1, 0.2, 0.3, 0.4], "label": "RBC"}]'],
    ['boxes under another key', '[{"bbox": [1, 2, 3, 4], "label": "RBC"}]'],
    ['boxes of three numbers', '[{"box_2d": [1, 2, 3], "label": "RBC"}]'],
    ['words for numbers', '[{"box_2d": ["a", "b", "c", "d"], "label": "RBC"}]'],
  ])('%s is unreadable, not empty', (_, text) => {
    const reading = read(text)
    expect(reading.status).toBe('unreadable')
    expect(reading).toHaveProperty('reason', expect.stringMatching(/./))
  })

  test('an empty list that the vendor calls cut is unreadable', () => {
    expect(read('[]', 'cut').status).toBe('unreadable')
  })
})

describe('replies that are read in part', () => {
  test.each([
    ['a list cut in its second object', `[${one}, {"box_2d": [500, 600`, ['prose', 'cut']],
    ['a number loop', `[${one}, {"box_2d": [500, 6${'0'.repeat(3000)}`, ['prose', 'cut']],
    ['a cut list in an object', `{"detections": [${one}, {"box_2d": [5`, ['prose', 'cut']],
    ['a cut list in a fence', `\`\`\`json\n[${one},`, ['fenced', 'cut']],
    ['a trailing comma', `[${one}, ]`, ['prose', 'malformed']],
    ['one object in single quotes', `[${one}, {'box_2d': [1, 2, 3, 4]}]`, ['prose', 'malformed']],
    ['one element that is no box', `[${one}, {"label": "WBC"}]`, ['not-a-box']],
    ['one element without a label', `[${one}, {"box_2d": [1, 2, 30, 40]}]`, ['not-a-box']],
    ['one element that is a word', `[${one}, "and so on"]`, ['not-a-box']],
    ['a label the config does not know', `[${one}, ${two.replace('WBC', 'artefact')}]`, ['unknown-label']],
    ['one wild number', `[${one}, ${two.replace('800', '80000')}]`, ['out-of-range']],
    [
      'a box without an inside',
      `[${one}, {"box_2d": [500, 600, 500, 800], "label": "WBC"}]`,
      ['degenerate-box'],
    ],
  ])('%s', (_, text, faults) => {
    const reading = read(text)
    expect(reading).toMatchObject({ status: 'partial', boxes: [first] })
    expect(reading.faults.map(({ kind }) => kind)).toEqual(faults)
  })

  test('a reply that is whole but ended for lack of tokens', () => {
    expect(read(`[${one}]`, 'cut')).toMatchObject({ status: 'partial', boxes: [first] })
  })

  test('only unknown labels leave a partial draft without boxes, not an empty one', () => {
    expect(read(`[${one.replace('RBC', 'cat')}]`)).toMatchObject({ status: 'partial', boxes: [] })
  })
})

describe('boxes that are mended', () => {
  test('corners in the wrong order are swapped and flagged', () => {
    const reading = read('[{"box_2d": [300, 400, 100, 200], "label": "RBC"}]')
    expect(reading).toMatchObject({ status: 'ok', boxes: [first], faults: [{ kind: 'inverted-box' }] })
  })

  test('values just past the border are clamped and flagged', () => {
    const reading = read('[{"box_2d": [-3, 200, 300, 1004], "label": "RBC"}]')
    expect(reading).toMatchObject({
      status: 'ok',
      boxes: [{ xyxy: [200, 0, 1000, 150] }],
      faults: [{ kind: 'clamped-box' }],
    })
  })

  test('500 copies of one box become one and are flagged', () => {
    const reading = read(`[${Array.from({ length: 500 }, () => one).join(',')}, ${two}]`)
    expect(reading).toMatchObject({
      status: 'ok',
      boxes: [first, second],
      faults: [{ kind: 'repeated-box' }],
    })
  })

  test('an honest duplicate stays for the comparison to find', () => {
    const reading = read(`[${one}, ${one}]`)
    expect(reading).toMatchObject({ status: 'ok', boxes: [first, first], faults: [] })
  })
})

const thousandth = fc.integer({ min: 0, max: 1000 })
const element = fc
  .tuple(thousandth, thousandth, thousandth, thousandth, fc.constantFrom('RBC', 'WBC'))
  .filter(([y1, x1, y2, x2]) => y2 - y1 > 4 && x2 - x1 > 4)
  .map(([y1, x1, y2, x2, label]) => ({ box_2d: [y1, x1, y2, x2], label }))

test('a reply cut anywhere gives only boxes of its complete objects, and never passes for whole', () => {
  const list = fc.array(element, { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(
      list,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      (elements, share, isFenced) => {
        const json = JSON.stringify(elements, null, 1)
        const cut = json.slice(0, Math.floor(share * (json.length - 1)))
        const reading = read(isFenced ? `\`\`\`json\n${cut}` : cut)
        if (reading.status === 'unreadable') return
        const whole = read(json)
        if (whole.status === 'unreadable') throw new Error('the whole reply must be readable')
        expect(reading.status).toBe('partial')
        expect(reading.boxes).toEqual(whole.boxes.slice(0, reading.boxes.length))
      },
    ),
  )
})

test('any text at all is read without an error, and no box leaves the image', () => {
  const noise = fc.array(
    fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      '"',
      ',',
      ':',
      '1',
      '999',
      '-',
      'box_2d',
      'label',
      '```',
      ' ',
      '\n',
      one,
    ),
  )
  fc.assert(
    fc.property(noise, (parts) => {
      const reading = read(parts.join(''))
      if (reading.status === 'unreadable') return
      for (const { xyxy } of reading.boxes) {
        const [x1, y1, x2, y2] = xyxy
        expect(x1 >= 0 && y1 >= 0 && x2 <= size.width && y2 <= size.height && x2 > x1 && y2 > y1).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

test('a loop of a hundred thousand brackets is read in one pass', () => {
  expect(read('['.repeat(100_000)).status).toBe('unreadable')
  expect(read(`${'['.repeat(100_000)}x${']'.repeat(100_000)}`).status).toBe('unreadable')
})
