import type { ErrorCode } from '../../domain/contracts/error-codes.ts'

export interface AdapterErrorOptions {
  readonly retryable: boolean
  /** What the person can do about it: one sentence, imperative. */
  readonly hint?: string
  /** Wait the vendor asked for, seconds. */
  readonly retryAfterSeconds?: number
  /** What the failed call cost all the same, USD; its worst case when nobody knows. */
  readonly spentUsd?: number
  readonly cause?: unknown
}

/** The one error of adapters and activities. Messages say what was expected and what came, and never hold a secret. */
export class AdapterError extends Error {
  override readonly name = 'AdapterError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly hint: string | null
  readonly retryAfterSeconds: number | null
  readonly spentUsd: number

  constructor(code: ErrorCode, message: string, options: AdapterErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable
    this.hint = options.hint ?? null
    this.retryAfterSeconds = options.retryAfterSeconds ?? null
    this.spentUsd = options.spentUsd ?? 0
  }
}
