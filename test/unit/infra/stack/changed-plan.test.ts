import { describe, expect, test } from 'vitest'
import { preferredPorts } from '../../../../infra/stack/ports/port-names.ts'
import type { StackPlan, TeacherChoice } from '../../../../infra/stack/stack-plan.ts'
import { changedPlan } from '../../../../infra/stack/supervisor/changed-plan.ts'

const key = (apiKey: string): TeacherChoice => ({
  kind: 'real',
  teacher: { endpoint: 'google', apiKey, keySource: 'GEMINI_API_KEY', baseUrl: null },
})
const running: StackPlan = {
  home: '/h',
  ports: preferredPorts,
  programs: { temporal: 't', minio: 'm', labelStudio: 'l', labelStudioSeed: 's', trainer: 'y' },
  versions: {},
  bucket: 'understudy',
  teacher: key('first-key'),
  requestsPerMinute: 60,
  worker: true,
  overrides: {},
}
const open = { teacher: null, requestsPerMinute: null, overrides: {} }

describe('a second `up`', () => {
  test('that wishes nothing else changes nothing', () => {
    expect(changedPlan(running, open)).toEqual({ next: running, changes: [] })
    expect(
      changedPlan(running, { ...open, teacher: key('first-key'), requestsPerMinute: 60 }).changes,
    ).toEqual([])
  })

  test('with another key changes the teacher and says so without either key', () => {
    const { next, changes } = changedPlan(running, { ...open, teacher: key('second-key') })
    expect(next.teacher).toEqual(key('second-key'))
    expect(changes).toHaveLength(1)
    expect(changes.join()).not.toMatch(/first-key|second-key/)
  })

  test('from a shell without a key keeps the running teacher', () => {
    expect(changedPlan(running, open).next.teacher).toEqual(key('first-key'))
  })

  test.each([
    ['the simulator', { ...open, teacher: { kind: 'simulated' as const, truth: ['a.json'] } }, /simulated/],
    ['another rate', { ...open, requestsPerMinute: 10 }, /60 -> 10/],
    ['another address', { ...open, overrides: { TEMPORAL_ADDRESS: 'far:7233' } }, /variables/],
  ])('with %s says what changes', (_, wishes, words) => {
    expect(changedPlan(running, wishes).changes).toEqual([expect.stringMatching(words)])
  })
})
