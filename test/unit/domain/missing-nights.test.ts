import { describe, expect, test } from 'vitest'
import { missingNights } from '../../../domain/missing-nights.ts'

const days = (at: string, timezone: string): string[] =>
  missingNights({ at, timezone }, { from: 2026, years: 3 }).map(
    ({ year, month, day, hour, minute }) =>
      `${year}-${month}-${day} ${hour}:${String(minute).padStart(2, '0')}`,
  )

describe('nights whose time does not exist', () => {
  test.each([
    ['02:30 in Berlin', '02:30', 'Europe/Berlin', ['2026-3-29 3:30', '2027-3-28 3:30', '2028-3-26 3:30']],
    [
      'the first minute left out',
      '02:00',
      'Europe/Berlin',
      ['2026-3-29 3:00', '2027-3-28 3:00', '2028-3-26 3:00'],
    ],
    ['the minute before', '01:59', 'Europe/Berlin', []],
    ['the first minute after', '03:00', 'Europe/Berlin', []],
    ['02:30 in New York', '02:30', 'America/New_York', ['2026-3-8 3:30', '2027-3-14 3:30', '2028-3-12 3:30']],
    ['a time that exists twice', '01:30', 'America/New_York', []],
    [
      'a clock put forward by half an hour',
      '02:15',
      'Australia/Lord_Howe',
      ['2026-10-4 2:45', '2027-10-3 2:45', '2028-10-1 2:45'],
    ],
    ['a zone without summer time', '02:30', 'Asia/Tokyo', []],
  ])('%s', (_, at, timezone, expected) => {
    expect(days(at, timezone)).toEqual(expected)
  })
})
