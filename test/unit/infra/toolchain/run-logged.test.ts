import { mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { identify } from '../../../../infra/stack/process/process-identity.ts'
import { runLogged } from '../../../../infra/toolchain/run-logged.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-logged-'))
})
afterEach(() => rm(folder, { recursive: true }))

const shell = (script: string, signal = new AbortController().signal, onLine?: (line: string) => void) =>
  runLogged({
    program: '/bin/sh',
    parameters: ['-c', script],
    environment: { PATH: '/usr/bin:/bin', GREETING: 'hello' },
    folder,
    logFile: join(folder, 'logs', 'run.log'),
    signal,
    graceMilliseconds: 300,
    ...(onLine === undefined ? {} : { onLine }),
  })

describe('runLogged', () => {
  it('writes what both streams say to the log and answers the end of it', async () => {
    const outcome = await shell(
      'echo $GREETING; echo trouble >&2; for i in $(seq 20); do echo line $i; done; exit 3',
    )
    expect(outcome).toMatchObject({ succeeded: false, ending: 'exit code 3' })
    expect(outcome.tail).toContain('line 20')
    expect(outcome.tail).toHaveLength(12)
    const log = readFileSync(join(folder, 'logs', 'run.log'), 'utf8').split('\n')
    expect(log).toEqual(expect.arrayContaining(['hello', 'trouble']))
  })

  it('gives the program nothing of this process’s environment', async () => {
    process.env['UNDERSTUDY_TEST_CANARY'] = 'canary'
    const outcome = await shell('env')
    delete process.env['UNDERSTUDY_TEST_CANARY']
    expect(outcome.tail.join('\n')).not.toContain('canary')
  })

  it('says so when the program cannot be started', async () => {
    const outcome = await runLogged({
      program: join(folder, 'absent'),
      parameters: [],
      environment: {},
      folder,
      logFile: join(folder, 'run.log'),
      signal: new AbortController().signal,
    })
    expect(outcome.succeeded).toBe(false)
    expect(outcome.ending).toMatch(/ENOENT/)
  })

  it('ends the whole group, one that ignores the polite signal included, when interrupted', async () => {
    const interruption = new AbortController()
    const started: number[] = []
    const running = shell('trap "" TERM; sleep 62 & echo $$ $!; wait; wait', interruption.signal, (line) => {
      started.push(...line.split(' ').map(Number))
      interruption.abort()
    })
    await expect(running).rejects.toMatchObject({ code: 'Interrupted' })
    expect(started).toHaveLength(2)
    expect(started.map((pid) => identify(pid))).toEqual([null, null])
  })
})
