import { describe, expect, test } from 'vitest'
import { duration, renderStatus } from '../../../cli/stack/render-status.ts'
import type { ServiceStatus, StackStatus } from '../../../infra/stack/status.ts'

const minio: ServiceStatus = {
  name: 'minio',
  state: 'ready',
  port: 9000,
  pid: 42,
  uptimeSeconds: 95,
  restarts: 0,
  lastExit: null,
  nextStartAt: null,
  problem: null,
  url: 'http://127.0.0.1:9001',
}
const status: StackStatus = {
  home: '/p/.understudy',
  status: 'up',
  healthy: true,
  supervisorPid: 1,
  teacher: null,
  simulated: false,
  services: [minio],
  accounts: { labelStudio: 'reviewer@x', minio: 'id', passwordsIn: '/p/.understudy/secrets.json' },
  links: { temporal: 'http://t', labelStudio: 'http://l', minio: 'http://m' },
}

describe('the status of a stack, for people', () => {
  test('shows each service in a row, and where to look', () => {
    const text = renderStatus(status)
    expect(text).toMatch(/minio +ready +9000 +42 +95 s +0/)
    expect(text).toMatch(/Label Studio +http:\/\/l +\(sign in as reviewer@x\)/)
    expect(text).toContain('/p/.understudy/secrets.json')
  })

  test('says when the teacher is simulated', () => {
    const teacher = { endpoint: 'simulated', baseUrl: 'http://s', keySource: 'simulator' } as const
    expect(renderStatus({ ...status, teacher, simulated: true })).toMatch(/^Simulated teacher/)
  })

  test('tells a crash: how it ended, when it starts again, where to read on', () => {
    const crashed: ServiceStatus = {
      ...minio,
      state: 'backing-off',
      pid: null,
      restarts: 2,
      lastExit: { code: null, signal: 'SIGKILL', at: '2026-11-21T03:00:00.000Z' },
      nextStartAt: '2026-11-21T03:00:04.000Z',
      problem: 'ended by itself (SIGKILL)',
    }
    const text = renderStatus({ ...status, healthy: false, services: [crashed] })
    expect(text).toMatch(/SIGKILL at 2026-11-21T03:00:00/)
    expect(text).toMatch(/starts again at 2026-11-21T03:00:04/)
    expect(text).toContain('understudy logs minio')
  })

  test('says when nobody watches over the services', () => {
    expect(renderStatus({ ...status, status: 'unsupervised' })).toMatch(
      /supervisor was killed.*understudy up/,
    )
  })

  test('says how to start when nothing runs', () => {
    expect(renderStatus({ ...status, services: [], links: null })).toContain('understudy up')
  })
})

test.each([
  [null, '-'],
  [0, '0 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7200, '2.0 h'],
])('a duration of %s seconds reads %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text)
})
