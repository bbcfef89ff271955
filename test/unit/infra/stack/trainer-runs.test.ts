import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { stackHome, type StackHome } from '../../../../infra/stack/home.ts'
import { identify, isRunning } from '../../../../infra/stack/process/process-identity.ts'
import { stopTrainings } from '../../../../infra/stack/trainer-runs.ts'

let home: StackHome
let trainer: ChildProcess
beforeEach(() => {
  home = stackHome(mkdtempSync(join(tmpdir(), 'understudy-runs-')))
  trainer = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
})
afterEach(() => {
  trainer.kill('SIGKILL')
  rmSync(home.folder, { recursive: true, force: true })
})

const lock = (run: string, content: string): void => {
  mkdirSync(join(home.runsFolder, run), { recursive: true })
  writeFileSync(join(home.runsFolder, run, 'attempt-1.lock'), content)
}

describe('a training that outlived its worker', () => {
  test('is ended with the stack', async () => {
    const identity = identify(trainer.pid!)!
    lock('run-a', JSON.stringify({ pid: identity.pid, startedAt: identity.started, at: 1, resumed: false }))
    lock('run-b', JSON.stringify({ pid: identity.pid, startedAt: 'another-boot:1', at: 1, resumed: false }))
    lock('run-c', 'half a lo')
    expect(await stopTrainings(home)).toEqual({ stopped: 1, left: [] })
    expect(isRunning(identity)).toBe(false)
    expect(await stopTrainings(home)).toEqual({ stopped: 0, left: [] })
  })

  test('of somebody else is left alone, although its number is on an old lock', async () => {
    const identity = identify(trainer.pid!)!
    lock('run-a', JSON.stringify({ pid: identity.pid, startedAt: 'another-boot:1' }))
    expect(await stopTrainings(home)).toEqual({ stopped: 0, left: [] })
    expect(isRunning(identity)).toBe(true)
  })

  test('is not looked for where nothing was ever trained', async () => {
    expect(await stopTrainings(home)).toEqual({ stopped: 0, left: [] })
  })
})
