import type { ConnectionSettings } from '../../../domain/schemas/connection-settings.ts'
import { AdapterError } from '../../errors/adapter-error.ts'

/** The S3 or network code of a client error; empty when it has none. */
export const errorCode = (error: unknown): string => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : ''
  return typeof code === 'string' ? code : ''
}

/** Maps a client error to ours, once. Only the code and the endpoint are quoted: request texts may hold a signature. */
export function toStoreError(
  error: unknown,
  { endpoint, bucket }: ConnectionSettings['store'],
): AdapterError {
  if (error instanceof AdapterError) return error
  const code = errorCode(error)
  if (['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch'].includes(code)) {
    return new AdapterError(
      'BadConfig',
      `The object store at ${endpoint} refuses our credentials (${code}).`,
      {
        retryable: false,
        hint: 'Check the access and secret key; for the local stack run `understudy down` and `understudy up`.',
      },
    )
  }
  if (code === 'NoSuchBucket') {
    return new AdapterError('NotFound', `The object store at ${endpoint} has no bucket "${bucket}".`, {
      retryable: false,
      hint: 'Run `understudy up`, which makes it.',
    })
  }
  return new AdapterError(
    'StoreUnavailable',
    `The object store at ${endpoint} does not answer as it should (${code || 'no code'}).`,
    {
      retryable: true,
      hint: 'Look at `understudy status` and `understudy logs minio`.',
      cause: error,
    },
  )
}
