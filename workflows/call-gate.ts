import { condition } from '@temporalio/workflow'
import { failureCode, failureWaitSeconds } from './failure-code.ts'

/** Where a failure does not say when the quota starts anew, seconds: nobody is billed for looking once an hour. */
const unknownWaitSeconds = 3600

export interface CallGate {
  /**
   * Makes a call when calls may be made: not while people hold them back, nor while the teacher's daily quota is exhausted. A
   * call that finds it exhausted is made again later. Throws what the call throws otherwise.
   */
  call<Result>(make: () => Promise<Result>): Promise<Result>
  /** Ends a wait for the quota: somebody may have raised it. */
  tryNow(): void
}

/**
 * Lets calls through until one finds the daily quota exhausted. From then on one call at a time waits and tries again, and the
 * others follow once it was answered: an exhausted day costs a handful of refusals, not one for each image. `onWait` is told
 * until when (ISO), and null when it is over.
 */
export function createCallGate(isHeld: () => boolean, onWait: (until: string | null) => void): CallGate {
  /** Milliseconds on the workflow's clock; null: the quota is there, as far as anybody knows. */
  let until: number | null = null
  let isProbing = false

  const waitFor = (seconds: number): void => {
    // Calls that were under way together are refused together: the first says until when.
    if (!isOver()) return
    until = Date.now() + Math.ceil(seconds * 1000)
    onWait(new Date(until).toISOString())
  }
  const open = (): void => {
    if (until !== null) onWait(null)
    until = null
  }
  const isShut = (): boolean => isHeld() || (until !== null && isProbing)
  const isOver = (): boolean => until === null || until <= Date.now()

  const probe = async <Result>(make: () => Promise<Result>): Promise<Result> => {
    isProbing = true
    try {
      if (until !== null && !isOver()) await condition(isOver, until - Date.now())
      await condition(() => !isHeld())
      const result = await make()
      open()
      return result
    } catch (error) {
      if (!isQuota(error)) open()
      throw error
    } finally {
      isProbing = false
    }
  }

  return {
    async call(make) {
      for (;;) {
        // Looked at again after the wait: of several that waited, the first may have begun to try.
        while (isShut()) await condition(() => !isShut())
        try {
          return await (until === null ? make() : probe(make))
        } catch (error) {
          if (!isQuota(error)) throw error
          waitFor(failureWaitSeconds(error) ?? unknownWaitSeconds)
        }
      }
    },
    tryNow() {
      if (until !== null) until = Date.now()
    },
  }
}

const isQuota = (error: unknown): boolean => failureCode(error) === 'TeacherQuotaExhausted'
