import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LabelledBox, Xyxy } from '../../../domain/box.ts'
import { compareBoxSets, type ComparedPair } from '../../../domain/compare-box-sets.ts'

const box = (name: string, xyxy: Xyxy, score: number | null = null): LabelledBox => ({
  class: name,
  xyxy,
  score,
})
const dog = box('dog', [0, 0, 100, 100])
const compare = (...pairs: [readonly LabelledBox[], readonly LabelledBox[]][]) =>
  compareBoxSets(
    pairs.map(([a, b], index): ComparedPair => ({ image: `${index}`, group: `${index}`, a, b })),
    'test',
  )

describe('two sources of boxes', () => {
  test('agree wholly with themselves', () => {
    expect(compare([[dog], [dog]], [[], []])).toMatchObject({
      agreements: 1,
      f1: { value: 1, low: 1, high: 1 },
      editsPerImage: { value: 0 },
      kinds: { 'only-a': 0, 'only-b': 0 },
    })
  })

  test.each<[string, LabelledBox[], LabelledBox[], string, number]>([
    ['only one has it', [dog], [], 'only-a', 0],
    ['only the other has it', [], [dog], 'only-b', 0],
    ['even at a score next to nothing', [], [{ ...dog, score: 0.01 }], 'only-b', 0],
    ['they call it otherwise', [dog], [box('cat', dog.xyxy)], 'class-swap', 0],
    ['it lies a little elsewhere', [dog], [box('dog', [0, 0, 100, 60])], 'localisation', 1],
    ['it lies elsewhere', [dog], [box('dog', [60, 0, 160, 100])], 'localisation', 0],
    ['one has it twice', [dog], [dog, box('dog', [0, 0, 100, 90])], 'duplicate', 1],
    [
      'one holds several of the other',
      [dog],
      [box('dog', [0, 0, 45, 100]), box('dog', [55, 0, 100, 100])],
      'group',
      0,
    ],
  ])('differ when %s', (_, a, b, kind, agreements) => {
    const found = compare([a, b])
    expect(Object.entries(found.kinds).filter(([, count]) => count > 0)).toEqual([[kind, 1]])
    expect(found.agreements).toBe(agreements)
    expect(found.editsPerImage.value).toBeGreaterThan(0)
  })

  test('are counted by class, a swap for the class of the first', () => {
    const found = compare([[dog, box('cat', [200, 0, 300, 100])], [box('cat', dog.xyxy)]])
    expect(found.classes).toMatchObject([
      { class: 'cat', a: 1, b: 1, agreements: 0, f1: 0, kinds: { 'only-a': 1, 'class-swap': 0 } },
      { class: 'dog', a: 1, b: 0, agreements: 0, f1: 0, kinds: { 'only-a': 0, 'class-swap': 1 } },
    ])
  })

  test('put the image with the most edits first', () => {
    const found = compare([[dog], [dog]], [[dog], []], [[dog, dog], []])
    expect(found.perImage.map(({ image, edits }) => [image, edits])).toEqual([
      ['2', 2],
      ['1', 1],
      ['0', 0],
    ])
  })

  const side = fc.integer({ min: 0, max: 40 })
  const boxes = fc.array(
    fc
      .tuple(fc.constantFrom('dog', 'cat'), side, side, side, side)
      .map(([name, x, y, w, h]) => box(name, [x, y, x + w + 1, y + h + 1])),
    { maxLength: 6 },
  )
  test('have the same agreements and F1 whichever comes first, and edits that sum to the mean', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(boxes, boxes), { minLength: 1, maxLength: 3 }), (pairs) => {
        const found = compare(...pairs)
        const edits = found.perImage.reduce((sum, image) => sum + image.edits, 0)
        expect(found.editsPerImage.value).toBeCloseTo(edits / pairs.length, 10)
        const counted = found.classes.reduce((sum, row) => sum + row.agreements, 0)
        expect(counted).toBe(found.agreements)
        const all = pairs.flat(2).length
        expect(found.f1.value).toBeCloseTo(all === 0 ? 1 : (2 * found.agreements) / all, 10)
      }),
      { numRuns: 30 },
    )
  })
})
