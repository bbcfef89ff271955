import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LabelledBox } from '../../../domain/box.ts'
import { findDifferences, isSpoken } from '../../../domain/disagreement.ts'

type Corners = readonly [number, number, number, number]
const teacher = (name: string, xyxy: Corners): LabelledBox => ({ class: name, xyxy, score: null })
const student = (name: string, xyxy: Corners, score = 0.9): LabelledBox => ({ class: name, xyxy, score })

const here: Corners = [0, 0, 100, 100]
const shifted: Corners = [20, 0, 120, 100]
const elsewhere: Corners = [400, 400, 500, 500]

const kinds = (a: LabelledBox[], b: LabelledBox[], damaged = false): string[] =>
  findDifferences(a, b, damaged).map(({ kind }) => kind)

test.each([
  ['both see the same', [teacher('cat', here)], [student('cat', here)], []],
  ['the student is hardly sure and agrees', [teacher('cat', here)], [student('cat', here, 0.11)], []],
  ['the student mumbles something of its own', [], [student('cat', here, 0.14)], []],
  ['nobody sees anything', [], [], []],
  ['only the student sees it', [], [student('cat', here, 0.16)], ['missed-by-teacher']],
  ['only the teacher sees it', [teacher('cat', here)], [], ['missed-by-student']],
  [
    'the student agrees below what counts',
    [teacher('cat', here)],
    [student('cat', here, 0.09)],
    ['missed-by-student'],
  ],
  ['they name it differently', [teacher('cat', here)], [student('dog', here)], ['class-swap']],
  ['they place it differently', [teacher('cat', here)], [student('cat', shifted)], ['localisation']],
  [
    'they hardly overlap, in one class',
    [teacher('cat', here)],
    [student('cat', [60, 0, 160, 100])],
    ['localisation'],
  ],
  [
    'they hardly overlap, in different classes',
    [teacher('cat', here)],
    [student('dog', [60, 0, 160, 100])],
    ['missed-by-student', 'missed-by-teacher'],
  ],
  [
    'the teacher draws it twice',
    [teacher('cat', here), teacher('cat', [5, 0, 105, 100])],
    [student('cat', here)],
    ['duplicate'],
  ],
  [
    'the teacher draws one box around two',
    [teacher('cat', [0, 0, 200, 60])],
    [student('cat', [0, 0, 60, 60]), student('cat', [130, 0, 190, 60])],
    ['group'],
  ],
  [
    'the student draws one box around three',
    [teacher('cat', [0, 0, 60, 60]), teacher('cat', [70, 0, 130, 60]), teacher('cat', [140, 0, 200, 60])],
    [student('cat', [0, 0, 200, 60])],
    ['group'],
  ],
])('%s', (_, a, b, expected) => {
  expect(kinds(a, b)).toEqual(expected)
})

test('a damaged reply is a difference of its own, even when all boxes agree', () => {
  expect(kinds([teacher('cat', here)], [student('cat', here)], true)).toEqual(['parse-fault'])
})

test('two classes that the student gives to one object are one claim: its better one', () => {
  const both = [student('dog', here, 0.4), student('cat', here, 0.8)]
  expect(kinds([teacher('cat', here)], both)).toEqual([])
  expect(kinds([], both)).toEqual(['missed-by-teacher'])
})

test('what the student says below its threshold is not said aloud; its silence is', () => {
  const [claim] = findDifferences([], [student('cat', here, 0.3)], false)
  const [silence] = findDifferences([teacher('cat', here)], [], false)
  expect(claim && isSpoken(claim, 0.4)).toBe(false)
  expect(claim && isSpoken(claim, 0.3)).toBe(true)
  expect(silence && isSpoken(silence, 0.4)).toBe(true)
})

const side = fc.array(
  fc.record({
    name: fc.constantFrom('cat', 'dog'),
    x: fc.nat(300),
    y: fc.nat(300),
    side: fc.integer({ min: 5, max: 90 }),
  }),
  { maxLength: 10 },
)
const corners = ({ x, y, side: length }: { x: number; y: number; side: number }): Corners => [
  x,
  y,
  x + length,
  y + length,
]

test('no box of either side is blamed twice', () => {
  fc.assert(
    fc.property(side, side, (a, b) => {
      const found = findDifferences(
        a.map((one) => teacher(one.name, corners(one))),
        b.map((one) => student(one.name, corners(one))),
        false,
      )
      for (const boxes of [
        found.flatMap((one) => one.teacher ?? []),
        found.flatMap((one) => one.student ?? []),
      ]) {
        expect(new Set(boxes).size).toBe(boxes.length)
      }
    }),
  )
})

test('a student that repeats well separated boxes of the teacher disagrees nowhere', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(30), { maxLength: 10 }), (places) => {
      const at = (place: number): Corners => [place * 50, 0, place * 50 + 40, 40]
      const a = places.map((place) => teacher('cat', at(place)))
      const b = places.map((place) => student('cat', at(place)))
      expect(findDifferences(a, b, false)).toEqual([])
    }),
  )
})

test('far apart boxes are two differences, not one', () => {
  expect(kinds([teacher('cat', here)], [student('cat', elsewhere)])).toEqual([
    'missed-by-student',
    'missed-by-teacher',
  ])
})

test('boxes that agree around outlines that do not are a matter of placement', () => {
  const outlined = (score: number | null, ...corners: [number, number][]) => ({
    class: 'cat',
    xyxy: [0, 0, 100, 100] as const,
    score,
    polygons: [corners],
  })
  const [upper, lower] = [
    outlined(null, [0, 0], [100, 0], [100, 40], [40, 40], [40, 100], [0, 100]),
    outlined(0.9, [100, 100], [0, 100], [0, 60], [60, 60], [60, 0], [100, 0]),
  ]
  const [found, ...more] = findDifferences([upper], [lower], false)
  expect(found).toMatchObject({ kind: 'localisation', teacher: upper, student: lower })
  expect(found?.iou).toBeCloseTo(0.333, 2)
  expect(more).toEqual([])
  expect(findDifferences([upper], [{ ...upper, score: 0.9 }], false)).toEqual([])
  expect(findDifferences([upper], [{ ...lower, polygons: undefined }], false)).toEqual([])
})
