import { expect, test } from 'vitest'
import { agreementBySize, classShares } from '../../../domain/agreement.ts'
import type { LabelledBox } from '../../../domain/box.ts'
import type { Disagreement } from '../../../domain/disagreement.ts'
import { priorityOf, type PriorityContext } from '../../../domain/priority.ts'
import { expectedReviewSeconds } from '../../../domain/review-seconds.ts'
import { teacherPrecision } from '../../../domain/teacher-precision.ts'

const size = { width: 640, height: 640 }
const large = [0, 0, 200, 200] as const
const small = [0, 0, 20, 20] as const
const box = (xyxy: LabelledBox['xyxy'] = large, score: number | null = null, name = 'cat'): LabelledBox => ({
  class: name,
  xyxy,
  score,
})
const difference = (
  kind: Disagreement['kind'],
  teacher: LabelledBox | null,
  student: LabelledBox | null,
  iou: number | null = null,
): Disagreement => ({ kind, teacher, student, iou })

/** Everything certain and common, so that no class weight hides the terms: the class weight is 1. */
const plain: PriorityContext = {
  precision: { of: () => 0.9, ofClass: () => 1 },
  agreement: { small: 0.2, medium: 0.5, large: 0.9 },
  classShare: new Map([['cat', 1e9]]),
}
const errors = (one: Disagreement, context = plain): number =>
  priorityOf([one], 1, size, context).expectedErrors

test.each([
  ['a student-only box counts its score', difference('missed-by-teacher', null, box(large, 0.6)), 0.6],
  ['a swap counts 0.8 of it', difference('class-swap', box(), box(large, 0.5), 0.9), 0.4],
  ['a box at IoU 0.575 counts a quarter', difference('localisation', box(), box(large, 1), 0.575), 0.25],
  ['a box at IoU 0.2 counts no more than half', difference('localisation', box(), box(large, 1), 0.2), 0.5],
  ['a duplicate', difference('duplicate', box(), null), 0.7],
  ['a group', difference('group', null, box(large, 0.3)), 0.7],
  ['a damaged reply', difference('parse-fault', null, null), 2],
  // 1 - 0.09 / (0.09 + 0.095): precision 0.9, agreement 0.9 on large things
  ['a large box that the student ignores', difference('missed-by-student', box(), null), 0.095 / 0.185],
  // 1 - 0.72 / (0.72 + 0.095): the student misses small things anyway
  ['a small one', difference('missed-by-student', box(small), null), 0.095 / 0.815],
])('%s', (_, one, expected) => {
  expect(errors(one)).toBeCloseTo(expected, 10)
})

test('rare and unreliable classes weigh more, but at most double', () => {
  const one = difference('missed-by-teacher', null, box(large, 0.5))
  const rare = { ...plain, classShare: new Map() }
  expect(errors(one, rare)).toBeCloseTo(0.5 * 1.5, 10)
  const doubtful = { ...rare, precision: { of: () => 0.1, ofClass: () => 0.1 } }
  expect(errors(one, doubtful)).toBeCloseTo(1, 10)
})

test('the ranking is the gain a second of review: errors over 4 s + 1.8 s a box + 4.5 s an error', () => {
  const one = difference('missed-by-teacher', null, box(large, 0.6))
  expect(priorityOf([one], 3, size, plain).perSecond).toBeCloseTo(0.6 / (4 + 1.8 * 3 + 4.5 * 0.6), 10)
  expect(priorityOf([one], 30, size, plain).perSecond).toBeLessThan(
    priorityOf([one], 3, size, plain).perSecond,
  )
  expect(expectedReviewSeconds(0, 0)).toBe(4)
})

test('the parts add up to the whole, and no difference is no priority', () => {
  const found = [difference('duplicate', box(), null), difference('parse-fault', null, null)]
  const { expectedErrors, weights } = priorityOf(found, 5, size, plain)
  expect(weights).toHaveLength(2)
  expect(weights[0]! + weights[1]!).toBeCloseTo(expectedErrors, 12)
  expect(priorityOf([], 5, size, plain)).toEqual({ expectedErrors: 0, perSecond: 0, weights: [] })
})

test('before any review the teacher is believed nine times in ten; reviews move that by class and size', () => {
  expect(teacherPrecision([]).of('cat', 'small')).toBeCloseTo(0.9, 12)
  const wrong = { size, draft: [box(small)], truth: [] }
  const right = { size, draft: [box(large)], truth: [box(large)] }
  const known = teacherPrecision(Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? wrong : right)))
  // overall (9 + 20) / 50, class the same towards it, bins 20 wrong or 20 right
  const overall = 29 / 50
  const cat = (10 * overall + 20) / 50
  expect(known.ofClass('cat')).toBeCloseTo(cat, 12)
  expect(known.of('cat', 'small')).toBeCloseTo((10 * cat) / 30, 12)
  expect(known.of('cat', 'large')).toBeCloseTo((10 * cat + 20) / 30, 12)
  expect(known.ofClass('dog')).toBeCloseTo(overall, 12)
})

test('a box of the right place and the wrong class does not speak for the teacher', () => {
  const swapped = { size, draft: [box(large)], truth: [box(large, null, 'dog')] }
  expect(teacherPrecision([swapped]).ofClass('cat')).toBeLessThan(0.9)
})

test('the student’s agreement is counted by size, and shrunk where little is seen', () => {
  const image = (xyxy: LabelledBox['xyxy'], score: number) => ({
    size,
    teacher: [box(xyxy)],
    student: [box(xyxy, score)],
  })
  const rates = agreementBySize([
    ...Array.from({ length: 40 }, () => image(large, 0.5)),
    ...Array.from({ length: 40 }, () => image(small, 0.05)),
  ])
  const overall = (5 + 40) / 90
  expect(rates.large).toBeCloseTo((10 * overall + 40) / 50, 12)
  expect(rates.small).toBeCloseTo((10 * overall) / 50, 12)
  expect(rates.medium).toBeCloseTo(overall, 12)
})

test('class shares add up to one', () => {
  const shares = classShares([{ teacher: [box(), box(), box(large, null, 'dog')] }, { teacher: [box()] }])
  expect(Object.fromEntries(shares)).toEqual({ cat: 0.75, dog: 0.25 })
  expect(classShares([{ teacher: [] }]).size).toBe(0)
})
