import { expect, test } from 'vitest'
import { isVersionOf } from '../../../domain/teacher-models.ts'

test.each([
  ['gemini-3.8-flash', 'gemini-3.8-flash', true],
  ['gemini-3.8-flash-001', 'gemini-3.8-flash', true],
  ['gemini-3.8-flash-preview-09-2026', 'gemini-3.8-flash', true],
  ['gemini-3.8-flash', 'gemini-flash-latest', true],
  ['gemini-3.5-flash-lite', 'gemini-3.5-flash', false],
  ['gemini-3.5-flash-lite', 'gemini-2.5-flash', false],
])('whether %s answers for %s: %s', (answered, asked, expected) => {
  expect(isVersionOf(answered, asked)).toBe(expected)
})
