import { expect, test } from 'vitest'
import { readErrorBody, retryAfterSeconds } from '../../../../../activities/adapters/gemini/error-body.ts'

const rateLimit = {
  error: {
    code: 429,
    message: 'You exceeded your current quota.',
    status: 'RESOURCE_EXHAUSTED',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
        violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier' }],
      },
      { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' },
    ],
  },
}

const read = {
  message: 'You exceeded your current quota.',
  status: 'RESOURCE_EXHAUSTED',
  reason: null,
  retryDelaySeconds: 37,
  quotaIds: ['GenerateRequestsPerMinutePerProjectPerModel-FreeTier'],
}

test.each([
  ['an object', rateLimit],
  ['a list', [rateLimit]],
  ['JSON in the message of another body', { error: { code: 429, message: JSON.stringify(rateLimit) } }],
])('reads the wait and the quota from %s', (_, body) => {
  expect(readErrorBody(JSON.stringify(body))).toEqual(read)
})

test.each([
  ['37s', 37],
  ['0.25s', 0.25],
  ['soon', null],
])('reads the duration %s', (retryDelay, seconds) => {
  const body = { error: { message: '', details: [{ retryDelay }] } }
  expect(readErrorBody(JSON.stringify(body)).retryDelaySeconds).toBe(seconds)
})

test('what is no JSON is its own message', () => {
  expect(readErrorBody('<html>Bad Gateway</html>')).toMatchObject({ message: '<html>Bad Gateway</html>' })
})

const now = new Date('2026-11-21T10:00:00Z')

test.each([
  ['seconds', '12', 12],
  ['a date', 'Sat, 21 Nov 2026 10:01:30 GMT', 90],
  ['a date that has passed', 'Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['nonsense', 'later', null],
  ['nothing', null, null],
])('reads a Retry-After of %s', (_, header, seconds) => {
  expect(retryAfterSeconds(header, now)).toBe(seconds)
})
