import { expect, test } from 'vitest'
import { callUsd, worstCaseCallUsd } from '../../../domain/teacher-cost.ts'

const price = { input: 0.75, output: 3.75 }

test('thought is billed as output', () => {
  expect(callUsd({ prompt: 1_000_000, output: 100_000, thoughts: 100_000 }, price)).toBeCloseTo(1.5)
})

test('the worst case is above any call that stays within the output limit', () => {
  const size = {
    model: 'gemini-3.8-flash',
    mediaResolution: 'auto' as const,
    imageSize: 1536,
    textLength: 900,
    maxOutputTokens: 8192,
  }
  const call = callUsd({ prompt: 1120 + 900, output: 5000, thoughts: 3192 }, price)
  expect(worstCaseCallUsd(size, price)).toBeGreaterThanOrEqual(call)
})

test('older models are billed by the tile', () => {
  const size = {
    model: 'gemini-2.5-flash-lite',
    imageSize: 3072,
    mediaResolution: 'auto' as const,
    textLength: 0,
    maxOutputTokens: 256,
  }
  expect(worstCaseCallUsd(size, { input: 1, output: 0 })).toBeCloseTo((16 * 258) / 1_000_000)
})
