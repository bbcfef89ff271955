import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import { toApplicationFailure } from '../../../activities/errors/to-application-failure.ts'
import type { Fault } from '../../../infra/gemini-simulator/fault-script.ts'
import { coloredJpeg } from './pictures.ts'
import { canaryKey, rejectionOf, startSimulatorBench, type SimulatorBench } from './simulator-bench.ts'

let bench: SimulatorBench
beforeAll(async () => {
  bench = await startSimulatorBench()
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

const failure = async (fault: Fault, timeoutMs?: number): Promise<unknown> => {
  await bench.play([{ match: 'all', fault }])
  const drafter = bench.drafter(timeoutMs === undefined ? {} : { timeoutMs })
  return rejectionOf(drafter.draft(bench.request()))
}

test.each<[string, Fault, Record<string, unknown>]>([
  [
    'a rate limit with RetryInfo',
    { kind: 'rate-limit', retryInfoSeconds: 37 },
    { code: 'TeacherRateLimited', retryable: true, retryAfterSeconds: 37 },
  ],
  [
    'a rate limit with a Retry-After header',
    { kind: 'rate-limit', retryAfter: '12' },
    { code: 'TeacherRateLimited', retryable: true, retryAfterSeconds: 12 },
  ],
  [
    'a rate limit with both: the body wins',
    { kind: 'rate-limit', retryInfoSeconds: 3, retryAfter: '12' },
    { code: 'TeacherRateLimited', retryAfterSeconds: 3 },
  ],
  [
    'a rate limit without a hint',
    { kind: 'rate-limit' },
    { code: 'TeacherRateLimited', retryable: true, retryAfterSeconds: null },
  ],
  [
    'a limit on input tokens',
    { kind: 'rate-limit', quota: 'input-tokens', retryInfoSeconds: 21 },
    { code: 'TeacherRateLimited', retryable: true, retryAfterSeconds: 21 },
  ],
  [
    'a rate limit in a list',
    { kind: 'rate-limit', retryInfoSeconds: 5, body: 'list' },
    { code: 'TeacherRateLimited', retryAfterSeconds: 5 },
  ],
  [
    'a rate limit quoted in another body',
    { kind: 'rate-limit', retryInfoSeconds: 5, body: 'quoted' },
    { code: 'TeacherRateLimited', retryAfterSeconds: 5 },
  ],
  ['408', { kind: 'status', code: 408 }, { code: 'TeacherTimeout', retryable: true }],
  ['401', { kind: 'status', code: 401 }, { code: 'TeacherAuth', retryable: false }],
  ['500', { kind: 'status', code: 500 }, { code: 'TeacherUnavailable', retryable: true }],
  ['503', { kind: 'status', code: 503 }, { code: 'TeacherUnavailable', retryable: true }],
  ['504', { kind: 'status', code: 504 }, { code: 'TeacherTimeout', retryable: true }],
  ['a 502 page in HTML', { kind: 'html-502' }, { code: 'TeacherUnavailable', retryable: true }],
  ['400', { kind: 'status', code: 400 }, { code: 'TeacherBadRequest', retryable: false }],
  ['a wrong key', { kind: 'invalid-key' }, { code: 'TeacherAuth', retryable: false }],
  ['a suspended key', { kind: 'suspended-key' }, { code: 'TeacherAuth', retryable: false }],
  ['a dropped connection', { kind: 'reset' }, { code: 'TeacherUnavailable', retryable: true }],
  [
    'a connection dropped in the body',
    { kind: 'reset-in-body' },
    { code: 'TeacherBadReply', retryable: true },
  ],
  ['a body that is not JSON', { kind: 'broken-json' }, { code: 'TeacherBadReply', retryable: true }],
])('%s is named, after exactly one call', async (_, fault, expected) => {
  const error = await failure(fault)
  expect(error).toMatchObject({ name: 'AdapterError', ...expected })
  expect((await bench.calls()).received).toBe(1)
})

test.each<[string, Fault]>([
  ['nothing comes', { kind: 'hang' }],
  ['the body does not end', { kind: 'slow-body', ms: 60_000 }],
])('when %s, our own timeout ends it', async (_, fault) => {
  const error = await failure(fault, 300)
  expect(error).toMatchObject({ code: 'TeacherTimeout', retryable: true })
})

test('an exhausted daily quota waits for midnight in California and says so', async () => {
  const error = await failure({ kind: 'daily-quota' })
  expect(error).toMatchObject({ code: 'TeacherQuotaExhausted', hint: expect.stringContaining('Pacific') })
  const retryAfterSeconds = (error instanceof AdapterError && error.retryAfterSeconds) || 0
  expect(retryAfterSeconds).toBeGreaterThan(0)
  expect(retryAfterSeconds).toBeLessThanOrEqual(25 * 3600 + 120)
  expect(toApplicationFailure(error)).toMatchObject({
    type: 'TeacherQuotaExhausted',
    nextRetryDelay: retryAfterSeconds * 1000,
  })
})

test('a caller that gives up gets its own reason back, not a timeout', async () => {
  await bench.play([{ match: 'all', fault: { kind: 'hang' } }])
  const controller = new AbortController()
  const reason = new Error('the activity was cancelled')
  const call = rejectionOf(bench.drafter().draft(bench.request({ signal: controller.signal })))
  await expect.poll(async () => (await bench.calls()).inFlight).toBe(1)
  controller.abort(reason)
  expect(await call).toBe(reason)
})

test('a server that nobody reaches is unavailable', async () => {
  const gone = await startSimulatorBench()
  await gone.close()
  const error = await rejectionOf(gone.drafter().draft(gone.request()))
  expect(error).toMatchObject({ code: 'TeacherUnavailable', retryable: true })
  expect(String(error)).toContain('ECONNREFUSED')
})

test('a model that the key does not know is named with the config field', async () => {
  const error = await rejectionOf(bench.drafter().draft(bench.request({}, { model: 'gemini-99' })))
  expect(error).toMatchObject({ code: 'TeacherBadRequest', hint: expect.stringContaining('teacher.model') })
})

test('thinking that the model does not take is refused before a call', async () => {
  const error = await rejectionOf(bench.drafter().draft(bench.request({}, { thinking: 'minimal' })))
  expect(error).toMatchObject({
    code: 'TeacherBadRequest',
    hint: expect.stringContaining('teacher.thinking'),
  })
  expect((await bench.calls()).received).toBe(0)
})

test('an image without published labels is unknown, not empty', async () => {
  const imageBytes = await coloredJpeg()
  const error = await rejectionOf(bench.drafter().draft(bench.request({ imageBytes })))
  expect(error).toMatchObject({ code: 'TeacherUnknownImage', retryable: false })
  expect(await bench.calls()).toMatchObject({ received: 1, paid: 0 })
})

test('the key is in no error, however deep one looks', async () => {
  const faults: Fault[] = [
    { kind: 'suspended-key' },
    { kind: 'invalid-key' },
    { kind: 'reset' },
    { kind: 'html-502' },
    { kind: 'rate-limit' },
    { kind: 'broken-json' },
  ]
  for (const fault of faults) {
    const error = await failure(fault)
    const shown =
      inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(toApplicationFailure(error))
    expect(shown).not.toContain(canaryKey)
  }
})
