import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { settingsOfHome } from '../../../infra/stack/connection-settings.ts'
import { stopStack } from '../../../infra/stack/down.ts'
import { stackHome, type StackHome } from '../../../infra/stack/home.ts'
import { readStackStatus } from '../../../infra/stack/status.ts'
import { startStack, type StartedStack } from '../../../infra/stack/up.ts'
import { testEnvironment } from '../../fixtures/stack/start-test-stack.ts'

const environment = testEnvironment()
let folder: string
let homes: StackHome[]
let started: StartedStack[]

const up = (home: StackHome) => startStack({ home, environment, worker: false, ports: 'preferred' })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-two-'))
  homes = ['a', 'b'].map((name) => stackHome(join(folder, name)))
  started = await Promise.all(homes.map(up))
}, 300_000)
afterAll(async () => {
  await Promise.all(homes.map((home) => stopStack(home)))
  await rm(folder, { recursive: true, force: true })
}, 60_000)

describe('two projects that start at the same moment', () => {
  test('both come up, with no port in common', async () => {
    const ports = started.flatMap(({ state }) => Object.values(state.ports))
    expect(new Set(ports).size).toBe(ports.length)
    for (const home of homes) expect(await readStackStatus(home)).toMatchObject({ healthy: true })
  })

  test('do not take each other for themselves', async () => {
    const [first, second] = homes.map((home) => settingsOfHome(home, environment))
    const whoami = (url: string, token: string) =>
      fetch(`${url}/api/current-user/whoami`, { headers: { authorization: `Token ${token}` } })
    expect((await whoami(first!.board.url, first!.board.token)).status).toBe(200)
    expect((await whoami(first!.board.url, second!.board.token)).status).toBe(401)
  })
})

describe('a port that somebody else has', () => {
  let occupier: Server
  afterAll(() => new Promise((resolve) => occupier.close(resolve)))

  test('is replaced at the next start, and every part knows', async () => {
    const [home] = homes
    await stopStack(home!)
    const before = started[0]!.state.ports
    occupier = createServer().listen(before.minio, '127.0.0.1')
    const { state } = await up(home!)
    expect(state.ports.minio).not.toBe(before.minio)
    expect(state.ports.labelStudio).toBe(before.labelStudio)
    expect(settingsOfHome(home!, environment).store.endpoint).toBe(`http://127.0.0.1:${state.ports.minio}`)
    expect(await readStackStatus(home!)).toMatchObject({ healthy: true })
    if (!existsSync('/proc/self/environ')) return
    const reviewServer = state.services.find(({ name }) => name === 'label-studio')!.process!
    expect(readFileSync(`/proc/${reviewServer.pid}/environ`, 'utf8')).toContain(
      `LABEL_STUDIO_S3_ENDPOINT=http://127.0.0.1:${state.ports.minio}\0`,
    )
  }, 120_000)

  test('is an error when it was asked for by name', async () => {
    const taken = started[1]!.state.ports.temporal
    const home = stackHome(join(folder, 'c'))
    const starting = startStack({ home, environment, worker: false, fixedPorts: { temporal: taken } })
    await expect(starting).rejects.toMatchObject({
      code: 'PortTaken',
      what: expect.stringContaining(String(taken)),
    })
    expect(await readStackStatus(home)).toMatchObject({ status: 'never-started' })
  })
})
