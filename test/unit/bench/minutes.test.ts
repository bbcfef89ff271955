import { expect, test } from 'vitest'
import { callsInMinutes, mostInAMinute } from '../../bench/minutes.ts'

test('calls are counted by whole minutes since the first one', () => {
  expect(callsInMinutes([100, 101, 159.9, 160, 219, 220], 3)).toEqual([3, 2, 1])
})

test('the fullest minute may begin anywhere, and its end is outside of it', () => {
  expect(mostInAMinute([0, 30, 59, 60, 61, 89])).toBe(5)
  expect(mostInAMinute([0, 60, 120])).toBe(1)
  expect(mostInAMinute([])).toBe(0)
})
