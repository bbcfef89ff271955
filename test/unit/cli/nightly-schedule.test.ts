import { describe, expect, it } from 'vitest'
import { machineTimezone, nightlySchedule } from '../../../cli/schedule/nightly-schedule.ts'
import { isTimezone } from '../../../domain/timezone.ts'
import { renderSchedule } from '../../../cli/schedule/schedule-text.ts'

const night = {
  project: 'blood',
  configHash: 'a'.repeat(64),
  at: '02:05',
  timezone: 'Europe/Berlin',
  queuePrefix: 't-',
}

describe('the nightly schedule', () => {
  it('runs once a day at the given minute of the given zone', () => {
    const { spec, scheduleId } = nightlySchedule({ ...night, at: '04:05' })
    expect(scheduleId).toBe('blood:nightly')
    expect(spec).toEqual({
      calendars: [{ hour: 4, minute: 5, comment: 'every night at 04:05' }],
      timezone: 'Europe/Berlin',
    })
  })

  it('names the nights on which the clock is put forward over that minute, one a year', () => {
    const { spec } = nightlySchedule(night, 2027)
    expect(spec.calendars).toHaveLength(6)
    expect(spec.calendars?.[1]).toMatchObject({
      year: 2027,
      month: 'MARCH',
      dayOfMonth: 28,
      hour: 3,
      minute: 5,
    })
  })

  it('never runs two nights at once, forgets a night after three hours, and stops after a failure', () => {
    expect(nightlySchedule(night).policies).toEqual({
      overlap: 'SKIP',
      catchupWindow: 3 * 60 * 60 * 1000,
      pauseOnFailure: true,
    })
  })

  it('starts the night with the configuration by its hash, on the prefixed queue', () => {
    expect(nightlySchedule(night).action).toMatchObject({
      workflowType: 'nightly',
      workflowId: 'blood:nightly',
      taskQueue: 't-core',
      args: [{ v: 1, project: 'blood', configHash: night.configHash }],
    })
  })

  it('knows the machine’s zone and refuses invented ones', () => {
    expect(isTimezone(machineTimezone())).toBe(true)
    expect(isTimezone('Asia/Tokyo')).toBe(true)
    expect(isTimezone('Mars/Olympus')).toBe(false)
  })
})

describe('showing a schedule', () => {
  it('speaks of times on the clock of its zone, and of how nights ended', () => {
    const text = renderSchedule({
      exists: true,
      at: '02:05',
      timezone: 'Europe/Berlin',
      paused: false,
      note: '',
      next: ['2026-01-10T01:05:00.000Z'],
      taken: 3,
      skipped: 1,
      last: [
        {
          scheduledAt: '2026-01-09T01:05:00.000Z',
          workflowId: 'w',
          state: 'completed',
          outcome: 'nothing-new',
          words: 'Nothing new.',
        },
        {
          scheduledAt: '2026-01-08T01:05:00.000Z',
          workflowId: 'v',
          state: 'failed',
          outcome: null,
          words: 'It broke.',
        },
      ],
      configHash: null,
    })
    expect(text).toContain('02:05 Europe/Berlin')
    expect(text).toContain('2026-01-10 02:05')
    expect(text).toContain('3 started, 1 skipped')
    expect(text).toMatch(/2026-01-09 02:05 +nothing-new +Nothing new\./)
    expect(text).toMatch(/2026-01-08 02:05 +failed +It broke\./)
  })
})
