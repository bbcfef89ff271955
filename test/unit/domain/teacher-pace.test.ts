import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callsPerMinute, callsPerSecond, type TeacherAllowance } from '../../../domain/teacher-pace.ts'

test.each<[string, TeacherAllowance, number, number]>([
  ['requests are the lower limit', { requestsPerMinute: 60, tokensPerMinute: 250_000 }, 1200, 60],
  ['tokens are the lower limit', { requestsPerMinute: 1000, tokensPerMinute: 250_000 }, 1200, 208],
  ['there is no limit on tokens', { requestsPerMinute: 600, tokensPerMinute: null }, 1200, 600],
  ['a part of a call is left over', { requestsPerMinute: 10.9, tokensPerMinute: null }, 1, 10],
  ['a call is more than a minute allows', { requestsPerMinute: 60, tokensPerMinute: 500 }, 2000, 0.25],
])('calls a minute when %s', (_, allowance, tokensPerCall, expected) => {
  expect(callsPerMinute(allowance, tokensPerCall)).toBe(expected)
})

/** Starts that the server's token bucket lets through when work never runs out: a burst of a second's worth, then evenly. */
function starts(rate: number, minutes: number): number[] {
  const burst = Math.max(1, Math.ceil(rate))
  const count = burst + Math.floor(rate * 60 * minutes)
  return Array.from({ length: count }, (_, n) => Math.max(0, (n - burst + 1) / rate))
}

const mostInAMinute = (times: readonly number[]): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 60).length))

test('no minute ever holds more calls or tokens than allowed, and nearly all of what is allowed is used', () => {
  const allowance = fc.record({
    requestsPerMinute: fc.double({ min: 1, max: 300, noNaN: true }),
    tokensPerMinute: fc.option(fc.double({ min: 3000, max: 1_000_000, noNaN: true }), { nil: null }),
  })
  fc.assert(
    fc.property(allowance, fc.double({ min: 300, max: 3000, noNaN: true }), (allowed, tokensPerCall) => {
      const { requestsPerMinute, tokensPerMinute } = allowed
      const most = mostInAMinute(starts(callsPerSecond(allowed, tokensPerCall), 2))
      expect(most).toBeLessThanOrEqual(requestsPerMinute)
      if (tokensPerMinute !== null)
        expect(most * tokensPerCall).toBeLessThanOrEqual(tokensPerMinute * (1 + 1e-9))
    }),
    { numRuns: 150 },
  )
  // 60 of 61 parts: what the first burst may take is what later minutes leave.
  expect(callsPerSecond({ requestsPerMinute: 600, tokensPerMinute: null }) * 60).toBeGreaterThan(0.98 * 600)
})
