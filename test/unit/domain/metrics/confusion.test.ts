import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { confusionMatrix } from '../../../../domain/metrics/confusion.ts'

const box = (name: string, x: number, size = 100) => ({
  class: name,
  xyxy: [x, 0, x + size, 100] as const,
  score: null,
})
const crowd = (name: string, x: number, size: number) => ({ ...box(name, x, size), crowd: true })
type Boxes = ReturnType<typeof box>[]

describe('the confusion matrix', () => {
  test.each<[string, Boxes, (ReturnType<typeof box> & { crowd?: boolean })[], object[]]>([
    ['has no cell for nothing', [], [], []],
    ['counts a right box', [box('cat', 0)], [box('cat', 0)], [['cat', 'cat']]],
    ['counts a box of another class', [box('dog', 10)], [box('cat', 0)], [['cat', 'dog']]],
    ['counts a missed box', [], [box('cat', 0)], [['cat', null]]],
    ['counts an invented box', [box('cat', 0)], [], [[null, 'cat']]],
    [
      'takes a misplaced box for missed and invented',
      [box('cat', 60)],
      [box('cat', 0)],
      [
        [null, 'cat'],
        ['cat', null],
      ],
    ],
    [
      'gives the closer of two boxes the object',
      [box('dog', 5), box('cat', 20)],
      [box('cat', 0)],
      [
        ['cat', 'dog'],
        [null, 'cat'],
      ],
    ],
    [
      'prefers the same class of two that are equally close',
      [box('dog', 0), box('cat', 0)],
      [box('cat', 0)],
      [
        [null, 'dog'],
        ['cat', 'cat'],
      ],
    ],
    ['lets boxes of a crowd be', [box('cat', 0), box('cat', 120)], [crowd('cat', 0, 400)], []],
    [
      'takes another class within a crowd for invented',
      [box('dog', 0)],
      [crowd('cat', 0, 400)],
      [[null, 'dog']],
    ],
    [
      'knows a single object beside a crowd',
      [box('cat', 0), box('cat', 200)],
      [box('cat', 0), crowd('cat', 0, 400)],
      [['cat', 'cat']],
    ],
  ])('%s', (_, predicted, truth, cells) => {
    const found = confusionMatrix([{ predicted, truth }])
    expect(found.map(({ truth: is, predicted: said }) => [is, said])).toEqual(expect.arrayContaining(cells))
    expect(found).toHaveLength(cells.length)
  })

  test('counts every box once: rows add up to the truth, columns to the predictions', () => {
    const boxes = fc.array(
      fc
        .record({ name: fc.constantFrom('cat', 'dog', 'owl'), x: fc.integer({ min: 0, max: 300 }) })
        .map(({ name, x }) => box(name, x)),
      { maxLength: 8 },
    )
    const scene = fc.record({ predicted: boxes, truth: boxes })
    fc.assert(
      fc.property(fc.array(scene, { maxLength: 4 }), (images) => {
        const cells = confusionMatrix(images)
        for (const side of ['truth', 'predicted'] as const) {
          for (const name of ['cat', 'dog', 'owl']) {
            const counted = cells
              .filter((cell) => cell[side] === name)
              .reduce((sum, { count }) => sum + count, 0)
            expect(counted).toBe(
              images.flatMap((image) => image[side]).filter((one) => one.class === name).length,
            )
          }
        }
        expect(cells.some(({ truth, predicted }) => truth === null && predicted === null)).toBe(false)
      }),
    )
  })
})
