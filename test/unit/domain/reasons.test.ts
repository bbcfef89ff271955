import { expect, test } from 'vitest'
import type { Disagreement } from '../../../domain/disagreement.ts'
import { disagreementReason, plainReason } from '../../../domain/reasons.ts'

const box = (name: string) => ({ class: name, xyxy: [0, 0, 10, 10] as const, score: 0.9 })
const only = (kind: Disagreement['kind'], teacher: string | null, student: string | null): Disagreement => ({
  kind,
  teacher: teacher === null ? null : box(teacher),
  student: student === null ? null : box(student),
  iou: null,
})

test('a reviewer reads who sees what', () => {
  const reason = disagreementReason(
    [
      only('missed-by-teacher', null, 'RBC'),
      only('missed-by-teacher', null, 'RBC'),
      only('missed-by-student', 'Platelets', null),
      only('class-swap', 'WBC', 'RBC'),
      only('localisation', 'RBC', 'RBC'),
    ],
    false,
  )
  expect(reason).toBe(
    'Only the student sees 2 RBC; only Gemini sees 1 Platelets; 1 box is WBC or RBC; 1 box is placed differently.',
  )
})

test('a simulated teacher is never called Gemini', () => {
  const reason = disagreementReason(
    [only('missed-by-student', 'RBC', null), only('parse-fault', null, null)],
    true,
  )
  expect(reason).not.toContain('Gemini')
  expect(reason).toContain('simulated teacher')
})

test('an image without differences has a reason of its own', () => {
  expect(plainReason('held-out', [box('RBC'), box('RBC')])).toContain('drafted: 2 RBC')
  expect(plainReason('audit', [])).toContain('at random')
})

test('a missing draft does not read like an empty one', () => {
  expect(plainReason('held-out', null)).toContain('no draft: draw every box')
  expect(plainReason('held-out', [])).toContain('drafted: none')
})
