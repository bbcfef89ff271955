import { AdapterError } from './errors/adapter-error.ts'

/** Tries of one question: outages of a minute are outlived, and a person is not kept waiting for a quarter of an hour. */
const tries = 5
/** Waits grow from here, seconds; a wait that the vendor asks for is kept, up to the longest. */
const firstWait = 1
const longestWait = 90

export interface AskAgainOptions {
  readonly signal: AbortSignal
  /** Resolves after so many seconds; rejects when the signal aborts. */
  readonly wait: (seconds: number) => Promise<void>
  /** Told before each wait. */
  readonly onWait: (seconds: number, why: AdapterError) => void
}

/**
 * Repeats a call that failed in a way that may pass: `ask` runs without Temporal, so it has a helper of its own. A wait longer
 * than a minute and a half (an exhausted day) is not waited for.
 */
export async function askAgain<T>(
  call: () => Promise<T>,
  { signal, wait, onWait }: AskAgainOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof AdapterError) || !error.retryable || attempt === tries || signal.aborted)
        throw error
      const seconds = error.retryAfterSeconds ?? firstWait * 2 ** (attempt - 1)
      if (seconds > longestWait) throw error
      onWait(seconds, error)
      await wait(seconds)
    }
  }
}
