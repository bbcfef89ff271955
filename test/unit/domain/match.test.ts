import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchBoxes } from '../../../domain/match.ts'

const box = (name: string, x1: number, x2 = x1 + 100) => ({ class: name, xyxy: [x1, 0, x2, 100] as const })

test.each([
  ['the same box', box('cat', 0), box('cat', 0), 'same-class'],
  ['half overlap of one class', box('cat', 0), box('cat', 33), 'same-class'],
  ['another class on the same object', box('cat', 0), box('dog', 10), 'any-class'],
  ['one class, little overlap', box('cat', 0), box('cat', 60), 'loose'],
])('%s is paired', (_, a, b, pass) => {
  expect(matchBoxes([a], [b])).toMatchObject({ pairs: [{ a: 0, b: 0, pass }], onlyA: [], onlyB: [] })
})

test.each([
  ['neighbours of different classes', box('cat', 0), box('dog', 60)],
  ['boxes that only touch', box('cat', 0), box('cat', 100)],
  ['one class with hardly any overlap', box('cat', 0), box('cat', 85)],
])('%s are not', (_, a, b) => {
  expect(matchBoxes([a], [b])).toEqual({ pairs: [], onlyA: [0], onlyB: [0] })
})

test('in a crowd the same class goes first, even where another class overlaps more', () => {
  const { pairs } = matchBoxes([box('cat', 0)], [box('dog', 0), box('cat', 20)])
  expect(pairs).toMatchObject([{ a: 0, b: 1, pass: 'same-class' }])
})

const boxes = fc.array(
  fc
    .record({ name: fc.constantFrom('cat', 'dog'), x1: fc.nat(200), width: fc.integer({ min: 1, max: 120 }) })
    .map(({ name, x1, width }) => box(name, x1, x1 + width)),
  { maxLength: 12 },
)

test('every box is in exactly one pair or left over', () => {
  fc.assert(
    fc.property(boxes, boxes, (a, b) => {
      const { pairs, onlyA, onlyB } = matchBoxes(a, b)
      const numbers = (list: readonly number[]) => list.toSorted((x, y) => x - y)
      expect(numbers([...pairs.map((pair) => pair.a), ...onlyA])).toEqual([...a.keys()])
      expect(numbers([...pairs.map((pair) => pair.b), ...onlyB])).toEqual([...b.keys()])
    }),
  )
})

test('boxes agree with themselves, whatever they are', () => {
  fc.assert(
    fc.property(boxes, (a) => {
      const { pairs } = matchBoxes(a, a)
      expect(pairs).toHaveLength(a.length)
      expect(pairs.every(({ iou, pass }) => iou === 1 && pass === 'same-class')).toBe(true)
    }),
  )
})
