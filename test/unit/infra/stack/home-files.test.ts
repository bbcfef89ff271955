import { mkdtempSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { settingsOfHome } from '../../../../infra/stack/connection-settings.ts'
import { homeOf, stackHome, type StackHome } from '../../../../infra/stack/home.ts'
import { withHomeLock } from '../../../../infra/stack/home-lock.ts'
import { ensureSecrets, readSecrets } from '../../../../infra/stack/secrets.ts'
import { readStackState } from '../../../../infra/stack/stack-state.ts'
import { teacherOfUser } from '../../../../infra/stack/user-settings.ts'

let folder: string
let home: StackHome
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-home-'))
  home = stackHome(join(folder, 'home'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the home of a stack', () => {
  test('is .understudy in the folder of the project, unless UNDERSTUDY_HOME says otherwise', () => {
    expect(homeOf('/p', {}).folder).toBe('/p/.understudy')
    expect(homeOf('/p', { UNDERSTUDY_HOME: '/elsewhere' }).folder).toBe('/elsewhere')
    expect(homeOf('/p', { UNDERSTUDY_HOME: 'beside' }).folder).toBe('/p/beside')
  })
})

describe('the generated secrets', () => {
  test('are made once and can be read by their owner only', () => {
    const first = ensureSecrets(home)
    expect(ensureSecrets(home)).toEqual(first)
    expect(statSync(home.secretsFile).mode & 0o777).toBe(0o600)
    expect(statSync(home.folder).mode & 0o077).toBe(0)
  })

  test('differ from home to home', () => {
    expect(ensureSecrets(stackHome(join(folder, 'other'))).board.token).not.toBe(
      ensureSecrets(home).board.token,
    )
  })

  test('that are damaged are not replaced, and the error does not quote them', () => {
    mkdirSync(home.folder)
    writeFileSync(home.secretsFile, '{"store": "half-of-a-secret')
    expect(() => readSecrets(home)).toThrow(expect.objectContaining({ code: 'BadConfig' }))
    expect(() => readSecrets(home)).not.toThrow(/half-of-a-secret/)
  })
})

describe('the record of a stack', () => {
  test('is absent before the first start', () => {
    expect(readStackState(home)).toBeNull()
  })

  test('that is damaged is named', () => {
    mkdirSync(home.folder)
    writeFileSync(home.stateFile, '{"version": 1, "status": "up"}')
    expect(() => readStackState(home)).toThrow(/stack\.json cannot be read/)
  })
})

describe('the lock of a home', () => {
  test('lets one start after the other', async () => {
    const order: string[] = []
    const turn = (name: string) =>
      withHomeLock(home, undefined, async () => {
        order.push(`${name} in`)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(`${name} out`)
      })
    await Promise.all([turn('a'), turn('b')])
    const [first, second] = order[0] === 'a in' ? ['a', 'b'] : ['b', 'a']
    expect(order).toEqual([`${first} in`, `${first} out`, `${second} in`, `${second} out`])
  })

  test('is taken over from a process that died', async () => {
    mkdirSync(home.folder)
    writeFileSync(home.lockFile, JSON.stringify({ pid: process.pid, started: 'another-boot:1' }))
    expect(await withHomeLock(home, undefined, async () => 'in')).toBe('in')
  })

  test('can be given up waiting for', async () => {
    const waiting = new AbortController()
    await withHomeLock(home, undefined, async () => {
      const second = withHomeLock(home, waiting.signal, async () => 'in')
      waiting.abort()
      await expect(second).rejects.toThrow(/abort/i)
    })
  })
})

describe('the settings of a home without a stack', () => {
  const remote = {
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    UNDERSTUDY_S3_ENDPOINT: 'https://s3.example',
    UNDERSTUDY_S3_BUCKET: 'labels',
    UNDERSTUDY_S3_ACCESS_KEY: 'id',
    UNDERSTUDY_S3_SECRET_KEY: 'a-secret-value',
    UNDERSTUDY_LABEL_STUDIO_URL: 'https://review.example',
    UNDERSTUDY_LABEL_STUDIO_TOKEN: 'token',
    UNDERSTUDY_TRAINER_PROGRAM: '/opt/yolo',
    UNDERSTUDY_RUNS_FOLDER: '/var/runs',
    GEMINI_API_KEY: 'key',
  }

  test('tell to start one', () => {
    expect(() => settingsOfHome(home, {})).toThrow(
      expect.objectContaining({ code: 'StackDown', fix: expect.stringContaining('understudy up') }),
    )
  })

  test('come from the environment when that names everything', () => {
    expect(settingsOfHome(home, remote)).toMatchObject({
      temporal: { address: 'temporal.example:7233' },
      store: { endpoint: 'https://s3.example' },
      teacher: { endpoint: 'google', keySource: 'GEMINI_API_KEY' },
    })
  })

  test('name what is missing and quote no value', () => {
    const { UNDERSTUDY_LABEL_STUDIO_TOKEN: _, ...partial } = remote
    const settings = () => settingsOfHome(home, { ...partial, UNDERSTUDY_S3_ENDPOINT: 'a-secret-value' })
    expect(settings).toThrow(/UNDERSTUDY_S3_ENDPOINT.*UNDERSTUDY_LABEL_STUDIO_TOKEN/)
    expect(settings).not.toThrow(/a-secret-value/)
  })
})

describe("the teacher of the user's shell", () => {
  test.each([
    ['none', {}, null],
    ['an empty key', { GEMINI_API_KEY: ' ' }, null],
    ['one key', { GOOGLE_API_KEY: 'g' }, { keySource: 'GOOGLE_API_KEY', apiKey: 'g', baseUrl: null }],
    ['both keys', { GOOGLE_API_KEY: 'g', GEMINI_API_KEY: 'k' }, { keySource: 'GEMINI_API_KEY', apiKey: 'k' }],
    [
      'another endpoint',
      { GEMINI_API_KEY: 'k', GOOGLE_GEMINI_BASE_URL: 'https://proxy.example' },
      { baseUrl: 'https://proxy.example' },
    ],
    [
      'Vertex AI in express mode, where only GOOGLE_API_KEY counts',
      { GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_API_KEY: 'g', GEMINI_API_KEY: 'k' },
      { endpoint: 'vertex', apiKey: 'g', keySource: 'GOOGLE_API_KEY', vertex: { project: null } },
    ],
    [
      'a project on Vertex AI, before any key',
      { GOOGLE_GENAI_USE_VERTEXAI: '1', GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_API_KEY: 'g' },
      { endpoint: 'vertex', apiKey: null, vertex: { project: 'p', location: 'global' } },
    ],
    [
      'a project that Vertex AI is not wished for',
      { GOOGLE_GENAI_USE_VERTEXAI: 'false', GOOGLE_CLOUD_PROJECT: 'p', GEMINI_API_KEY: 'k' },
      { endpoint: 'google', apiKey: 'k' },
    ],
  ])('is read from %s', (_, environment, expected) => {
    if (expected === null) expect(teacherOfUser(environment)).toBeNull()
    else expect(teacherOfUser(environment)).toMatchObject({ kind: 'real', teacher: expected })
  })

  test('on Vertex AI without a project and a key is refused', () => {
    const read = () => teacherOfUser({ GOOGLE_GENAI_USE_VERTEXAI: 'true', GEMINI_API_KEY: 'canary' })
    expect(read).toThrow(/GOOGLE_CLOUD_PROJECT/)
    expect(read).not.toThrow(/canary/)
  })

  test('with a malformed endpoint is refused without the key', () => {
    const read = () => teacherOfUser({ GEMINI_API_KEY: 'canary', GOOGLE_GEMINI_BASE_URL: 'nowhere' })
    expect(read).toThrow(/GOOGLE_GEMINI_BASE_URL/)
    expect(read).not.toThrow(/canary/)
  })
})
