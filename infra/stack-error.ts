import type { ErrorCode } from '../domain/contracts/error-codes.ts'

export interface StackErrorOptions {
  readonly code: ErrorCode
  /** What failed, one sentence. */
  readonly what: string
  /** What was expected and what came. Never a secret. */
  readonly why: string
  /** What the person can do about it, imperative. */
  readonly fix: string
  readonly cause?: unknown
}

/** The one error of `infra/`: the same three sentences that the command line prints. */
export class StackError extends Error {
  override readonly name = 'StackError'
  readonly code: ErrorCode
  readonly what: string
  readonly why: string
  readonly fix: string

  constructor({ code, what, why, fix, cause }: StackErrorOptions) {
    super(`${what} ${why} ${fix}`, cause === undefined ? undefined : { cause })
    this.code = code
    this.what = what
    this.why = why
    this.fix = fix
  }
}
