import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { settingsOfHome } from '../../../infra/stack/connection-settings.ts'
import { stopStack } from '../../../infra/stack/down.ts'
import { stackHome, type StackHome } from '../../../infra/stack/home.ts'
import { isRunning, type ProcessIdentity } from '../../../infra/stack/process/process-identity.ts'
import { readStackState, type ServiceName, type StackState } from '../../../infra/stack/stack-state.ts'
import { demoTruth } from '../../../infra/stack/stack-plan.ts'
import { readStackStatus } from '../../../infra/stack/status.ts'
import { startStack, type StackOptions } from '../../../infra/stack/up.ts'
import { testEnvironment } from '../../fixtures/stack/start-test-stack.ts'

const canary = 'canary-key-0123456789abcdef'
const environment = { ...testEnvironment(), GEMINI_API_KEY: canary }
let home: StackHome

const up = (more: Partial<StackOptions> = {}) => startStack({ home, ports: 'random', environment, ...more })
const recorded = (): StackState => readStackState(home)!
const identityOf = (name: ServiceName): ProcessIdentity | null =>
  recorded().services.find((service) => service.name === name)!.process
const pids = (): Record<string, number | undefined> =>
  Object.fromEntries(recorded().services.map(({ name, process }) => [name, process?.pid]))

beforeAll(async () => {
  home = stackHome(await mkdtemp(join(tmpdir(), 'understudy-life-')))
  await up()
}, 300_000)
afterAll(async () => {
  await stopStack(home)
  await rm(home.folder, { recursive: true, force: true })
}, 60_000)

// The tests walk through one life of a stack, in this order: a stack of its own for each would cost a minute more.
describe('a running stack', () => {
  test('answers in every part', async () => {
    const status = await readStackStatus(home)
    expect(status).toMatchObject({ status: 'up', healthy: true, simulated: false })
    expect(status.services.map(({ name }) => name)).toEqual(['temporal', 'minio', 'label-studio', 'worker'])
  })

  test('is left alone by a second `up`', async () => {
    const before = pids()
    expect(await up()).toMatchObject({ outcome: 'unchanged', changes: [] })
    expect(pids()).toEqual(before)
  })

  test.runIf(existsSync('/proc/self/environ'))('gives the key to the worker and to nobody else', () => {
    const own = new Set(Object.entries(pids()).map(([, pid]) => String(pid)))
    const holders = [...own, String(recorded().supervisor!.pid)].filter((pid) =>
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes(canary),
    )
    expect(holders).toEqual([String(pids()['worker'])])
  })

  test('keeps the key and the passwords out of arguments, logs and the record', () => {
    const secrets: unknown[] = [canary, ...passwords()]
    const places = [
      readFileSync(home.stateFile, 'utf8'),
      ...readdirSync(home.logsFolder).map((log) => readFileSync(join(home.logsFolder, log), 'utf8')),
      ...(existsSync('/proc/self/cmdline')
        ? Object.values(pids()).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
        : []),
    ]
    for (const secret of secrets) expect(places.some((text) => text.includes(String(secret)))).toBe(false)
    expect(readFileSync(home.secretsFile, 'utf8')).not.toContain(canary)
  })

  test('starts a service again that was killed, and says so', async () => {
    const before = identityOf('minio')!
    process.kill(before.pid, 'SIGKILL')
    await vi.waitFor(
      async () => {
        const status = await readStackStatus(home)
        const minio = status.services.find(({ name }) => name === 'minio')
        expect(minio).toMatchObject({ state: 'ready', restarts: 1, lastExit: { signal: 'SIGKILL' } })
      },
      { timeout: 30_000, interval: 100 },
    )
    expect(identityOf('minio')!.pid).not.toBe(before.pid)
  })

  test('changes only worker and simulator when the teacher changes', async () => {
    const before = pids()
    const changed = await up({ simulate: { truth: [demoTruth] } })
    expect(changed.outcome).toBe('changed')
    expect(changed.changes.join()).toMatch(/simulated/)
    const after = pids()
    expect(after['worker']).not.toBe(before['worker'])
    for (const name of ['temporal', 'minio', 'label-studio']) expect(after[name]).toBe(before[name])
    expect(settingsOfHome(home, environment).teacher).toMatchObject({ endpoint: 'simulated' })
    expect(await readStackStatus(home)).toMatchObject({ healthy: true, simulated: true })
  }, 60_000)

  test('is found sound by the doctor, who asks every part', async () => {
    const { exitCode, diagnosis } = await doctor()
    expect(
      diagnosis.checks.flatMap(({ part, state, found }) => (state === 'ok' ? [] : [part, found])),
    ).toEqual([])
    expect(diagnosis.checks.map(({ part }) => part)).toEqual(
      expect.arrayContaining([
        'python',
        'temporal',
        'worker',
        'store',
        'label studio',
        'teacher',
        'trainer',
        'detector',
      ]),
    )
    expect(exitCode).toBe(0)
  })

  test('is taken over after its supervisor was killed, on the same ports', async () => {
    const before = recorded()
    process.kill(before.supervisor!.pid, 'SIGKILL')
    await vi.waitFor(async () => expect((await readStackStatus(home)).status).toBe('unsupervised'))
    const { exitCode, diagnosis } = await doctor()
    expect(exitCode).toBe(1)
    expect(diagnosis.checks.filter(({ state }) => state === 'failed')).toEqual([
      expect.objectContaining({ part: 'services', fix: expect.stringContaining('understudy up') }),
    ])
    const again = await up()
    expect(again.outcome).toBe('started')
    expect(again.state.ports).toEqual(before.ports)
    expect(alive(before)).toEqual([])
    expect(await readStackStatus(home)).toMatchObject({ status: 'up', healthy: true })
  }, 120_000)

  test('leaves no process behind when it is taken down, however often', async () => {
    const before = recorded()
    const { stopped, left } = await stopStack(home)
    expect(left).toEqual([])
    expect(stopped).toEqual(['supervisor', 'temporal', 'minio', 'label-studio', 'worker'])
    expect(alive(before)).toEqual([])
    expect(ofThisHome()).toEqual([])
    expect(await stopStack(home)).toEqual({ stopped: [], left: [] })
    expect(() => settingsOfHome(home, {})).toThrow(expect.objectContaining({ code: 'StackDown' }))
    const { exitCode, diagnosis } = await doctor()
    expect(exitCode).toBe(1)
    expect(diagnosis.checks.filter(({ state }) => state === 'failed')).toEqual([
      expect.objectContaining({ part: 'services', fix: expect.stringContaining('understudy up') }),
    ])
  }, 60_000)
})

interface Diagnosis {
  ok: boolean
  checks: { part: string; state: string; found: string; fix: string | null }[]
}

async function doctor(): Promise<{ exitCode: number | undefined; diagnosis: Diagnosis }> {
  const { exitCode, stdout } = await execa(process.execPath, ['cli/main.ts', 'doctor', '--json'], {
    env: { ...testEnvironment(), UNDERSTUDY_HOME: home.folder },
    extendEnv: false,
    reject: false,
  })
  return { exitCode, diagnosis: JSON.parse(stdout) }
}

function passwords(): unknown[] {
  const { store, board, control } = JSON.parse(readFileSync(home.secretsFile, 'utf8'))
  return [store.secretKey, board.password, board.token, board.secretKey, control]
}

const alive = ({ supervisor, services }: StackState): number[] =>
  [supervisor, ...services.map(({ process }) => process)].flatMap((identity) =>
    identity !== null && isRunning(identity) ? [identity.pid] : [],
  )

/** Every process that was started for this home, on record or not (where the system shows environments). */
function ofThisHome(): string[] {
  if (!existsSync('/proc/self/environ')) return []
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false
    try {
      return ['environ', 'cmdline'].some((file) =>
        readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(home.folder),
      )
    } catch {
      return false
    }
  })
}
