import { describe, expect, test } from 'vitest'
import { signS3Request } from '../../../../infra/stack/services/sign-s3-request.ts'

// Signatures of botocore's S3SigV4Auth (payload signing on) for the same request, credentials and clock.
const golden = [
  {
    method: 'GET',
    url: 'http://127.0.0.1:9000/',
    signature: '7d0efcf49c434cbcaa6ca1fc3e24c0b4cd518c8073a1656d6240edd1927ad448',
  },
  {
    method: 'PUT',
    url: 'http://127.0.0.1:9000/understudy',
    signature: 'a112be3c04f4f8b5328774552b7c410eef2a24338ee5e0d6f6bf0dd7e440b33c',
  },
] as const

describe('a signed request to the store', () => {
  test.each(golden)('carries the signature botocore makes: $method $url', ({ method, url, signature }) => {
    const headers = signS3Request(
      method,
      new URL(url),
      {
        accessKey: 'understudy0123456789',
        secretKey: '0123456789abcdef0123456789abcdef01234567',
        region: 'us-east-1',
      },
      new Date('2026-11-21T03:04:05.678Z'),
    )
    expect(headers['x-amz-date']).toBe('20261121T030405Z')
    expect(headers['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=understudy0123456789/20261121/us-east-1/s3/aws4_request, ' +
        `SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
    )
  })

  test('never carries the secret itself', () => {
    const credentials = { accessKey: 'a', secretKey: 'the-secret', region: 'us-east-1' }
    const headers = signS3Request('GET', new URL('http://127.0.0.1:1/'), credentials, new Date(0))
    expect(JSON.stringify(headers)).not.toContain('the-secret')
  })
})
