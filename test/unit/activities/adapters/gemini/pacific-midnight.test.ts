import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { secondsUntilPacificMidnight } from '../../../../../activities/adapters/gemini/pacific-midnight.ts'

test.each([
  ['in winter', '2026-11-21T07:59:00Z', 60],
  ['at midnight itself', '2026-11-21T08:00:00Z', 86_400],
  ['in summer', '2026-07-01T06:00:00Z', 3600],
  ['on the day of 25 hours', '2026-11-01T07:30:00Z', 24.5 * 3600],
  ['on the day of 23 hours', '2026-03-08T08:30:00Z', 22.5 * 3600],
])('counts the seconds to midnight in California %s', (_, now, seconds) => {
  expect(secondsUntilPacificMidnight(new Date(now))).toBe(seconds)
})

test('the clock in California shows midnight then, whatever the day', () => {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Los_Angeles', timeStyle: 'medium' })
  const moment = fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  fc.assert(
    fc.property(moment, (date) => {
      const now = new Date(Math.floor(date.getTime() / 1000) * 1000)
      const wait = secondsUntilPacificMidnight(now)
      expect(wait).toBeGreaterThan(0)
      expect(wait).toBeLessThanOrEqual(25 * 3600)
      expect(clock.format(new Date(now.getTime() + wait * 1000))).toBe('00:00:00')
    }),
  )
})
