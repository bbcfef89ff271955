import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ConnectionSettings } from '../../../../domain/schemas/connection-settings.ts'
import { WorkerEnvironment } from '../../../../domain/schemas/worker-environment.ts'
import { workerEnvironment } from '../../../../infra/stack/worker-environment.ts'

const word = fc.stringMatching(/^[a-zA-Z0-9_/.-]{3,40}$/)
const url = fc.integer({ min: 1, max: 65_535 }).map((port) => `http://127.0.0.1:${port}`)
const teacher = fc.oneof(
  fc.constant(null),
  fc.record({
    endpoint: fc.constant('google' as const),
    baseUrl: fc.constant(null),
    apiKey: word,
    keySource: fc.constantFrom('GEMINI_API_KEY', 'GOOGLE_API_KEY'),
  }),
  fc.record({
    endpoint: fc.constant('custom' as const),
    baseUrl: url,
    apiKey: word,
    keySource: fc.constantFrom('GEMINI_API_KEY', 'GOOGLE_API_KEY'),
  }),
  fc.record({
    endpoint: fc.constant('vertex' as const),
    baseUrl: fc.constant(null),
    apiKey: fc.constant(null),
    keySource: fc.constant('Application Default Credentials'),
    vertex: fc.record({ project: word, location: word, credentialsFile: fc.constant(null) }),
  }),
  fc.record({
    endpoint: fc.constant('custom' as const),
    baseUrl: url,
    apiKey: word,
    keySource: fc.constant('GOOGLE_API_KEY'),
    vertex: fc.constant({ project: null, location: null, credentialsFile: null }),
  }),
  fc.record({
    endpoint: fc.constant('simulated' as const),
    baseUrl: url,
    apiKey: fc.constant('simulated'),
    keySource: fc.constant('simulator'),
  }),
)
const settings: fc.Arbitrary<ConnectionSettings> = fc.record({
  temporal: fc.record({ address: word, namespace: word, uiUrl: fc.option(url) }),
  store: fc.record({ endpoint: url, bucket: word, region: word, accessKey: word, secretKey: word }),
  board: fc.record({ url, token: word }),
  teacher,
  trainer: fc.record({
    program: word,
    runsFolder: word,
    command: fc.option(word),
    weightsFolder: fc.option(word),
    slotFolder: fc.option(word),
  }),
  queuePrefix: fc.oneof(fc.constant(''), word),
})

describe('settings as environment variables', () => {
  test('come back as they went', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 5000 }), (original, requestsPerMinute) => {
        const environment = workerEnvironment(original, { home: '/h', requestsPerMinute, readyFile: '/r' })
        expect(WorkerEnvironment.parse(environment)).toEqual({
          settings: original,
          requestsPerMinute,
          home: '/h',
          readyFile: '/r',
          inference: { shape: undefined, provider: 'cpu', tuningFolder: '/h/inference' },
        })
      }),
    )
  })

  test('leave the key of the shell unused when the teacher is simulated', () => {
    fc.assert(
      fc.property(settings, (original) => {
        fc.pre(original.teacher?.endpoint === 'simulated')
        const environment = workerEnvironment(original, { home: '/h', requestsPerMinute: 60 })
        const parsed = WorkerEnvironment.parse({ ...environment, GEMINI_API_KEY: 'a-real-key' })
        expect(parsed.settings.teacher?.apiKey).toBe('simulated')
      }),
    )
  })
})

describe('an environment that is not complete', () => {
  test('is refused with every problem at once, each under its variable', () => {
    const parsed = WorkerEnvironment.safeParse({
      TEMPORAL_ADDRESS: ' ',
      UNDERSTUDY_S3_ENDPOINT: 'no address',
      UNDERSTUDY_GEMINI_RPM: 'fast',
    })
    const named = parsed.error?.issues.map(({ path }) => path.join('.'))
    expect(named).toEqual(
      expect.arrayContaining([
        'TEMPORAL_ADDRESS',
        'UNDERSTUDY_S3_ENDPOINT',
        'UNDERSTUDY_S3_SECRET_KEY',
        'UNDERSTUDY_LABEL_STUDIO_TOKEN',
        'UNDERSTUDY_TRAINER_PROGRAM',
        'UNDERSTUDY_GEMINI_RPM',
        'UNDERSTUDY_HOME',
      ]),
    )
  })
})
