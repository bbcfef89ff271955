/** What a key allows within any minute. */
export interface TeacherAllowance {
  readonly requestsPerMinute: number
  /** Tokens of requests, as Google counts them (ai.google.dev, rate limits: "tokens per minute (input)"); null: no limit. */
  readonly tokensPerMinute: number | null
}

/** Calls that may start within any minute, given the tokens of a call's request. A whole number from 1 on. */
export function callsPerMinute(
  { requestsPerMinute, tokensPerMinute }: TeacherAllowance,
  tokensPerCall: number,
): number {
  const byTokens = tokensPerMinute === null ? Number.POSITIVE_INFINITY : tokensPerMinute / tokensPerCall
  const calls = Math.min(requestsPerMinute, byTokens)
  // Half a call cannot be made; below one a minute it is a matter of how many minutes a call has to wait.
  return calls < 1 ? calls : Math.floor(calls)
}

/**
 * Calls a second so that never more than the allowance starts in any minute: the server lets a first burst of one second's
 * worth through, which the 61st part takes into account (measured with one partition a queue).
 */
export const callsPerSecond = (allowance: TeacherAllowance, tokensPerCall = 0): number =>
  callsPerMinute(allowance, tokensPerCall) / 61
