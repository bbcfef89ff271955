import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { identify, isRunning, parseStat } from '../../../../infra/stack/process/process-identity.ts'
import { signalGroup, stopGroup } from '../../../../infra/stack/process/stop-group.ts'

describe('a process on record', () => {
  test('is recognised while it runs', () => {
    const self = identify(process.pid)
    expect(self).not.toBeNull()
    expect(isRunning(self!)).toBe(true)
  })

  test('is not mistaken for a later one with its number', () => {
    expect(isRunning({ pid: process.pid, started: 'another-boot:1' })).toBe(false)
  })

  test('gets no signal when its number belongs to somebody else', async () => {
    const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
    try {
      const recycled = { pid: stranger.pid!, started: 'before' }
      expect(signalGroup(recycled, 'SIGKILL')).toBe(false)
      expect(await stopGroup(recycled, 100)).toBe(true)
      expect(isRunning(identify(stranger.pid!)!)).toBe(true)
    } finally {
      stranger.kill('SIGKILL')
    }
  })

  test('takes its whole group along, also after its own end', async () => {
    const script = 'sleep 60 & echo $!; sleep 60'
    const leader = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    const [text]: unknown[] = await once(leader.stdout, 'data')
    const identity = identify(leader.pid!)!
    const child = identify(Number(String(text)))!
    leader.kill('SIGKILL')
    await once(leader, 'exit')
    expect(isRunning(child)).toBe(true)
    expect(await stopGroup(identity, 2_000)).toBe(true)
    expect(isRunning(child)).toBe(false)
  })

  test('is killed when it does not listen to TERM', async () => {
    const script = 'trap "" TERM; echo ready; while :; do sleep 0.05; done'
    const deaf = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
    await once(deaf.stdout, 'data')
    const identity = identify(deaf.pid!)!
    expect(await stopGroup(identity, 300)).toBe(true)
    expect(isRunning(identity)).toBe(false)
  })
})

describe('a line of the process table', () => {
  const fields = (state: string): string => `${state} 1 77 ${'0 '.repeat(16)}4242 0`

  test.each([
    ['a plain name', 'node'],
    ['blanks and brackets', 'a) S (b'],
  ])('is read with %s', (_, name) => {
    expect(parseStat(`12 (${name}) ${fields('S')}`)).toEqual({ state: 'S', group: 77, startTicks: '4242' })
  })

  test('that is cut gives nothing', () => {
    expect(parseStat('12 (node) S 1 2')).toBeNull()
  })
})
