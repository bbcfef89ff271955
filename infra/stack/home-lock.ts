import { mkdirSync } from 'node:fs'
import { StackError } from '../stack-error.ts'
import { withFileLock } from '../toolchain/file-lock.ts'
import type { StackHome } from './home.ts'

/** An `up` that installs nothing takes seconds, one that installs everything on a slow line perhaps more than this. */
const longestWaitMs = 300_000

/**
 * Runs `action` while no other `up` of the same home does. Waits for one that is under way; a lock whose owner is dead
 * is taken over. Throws StackError StackDown after five minutes of waiting.
 */
export async function withHomeLock<Result>(
  home: StackHome,
  signal: AbortSignal | undefined,
  action: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(home.folder, { recursive: true, mode: 0o700 })
  const tooLong = AbortSignal.timeout(longestWaitMs)
  let entered = false
  try {
    return await withFileLock(
      {
        path: home.lockFile,
        signal: signal === undefined ? tooLong : AbortSignal.any([signal, tooLong]),
        onWait: () => {},
      },
      () => {
        entered = true
        return action()
      },
    )
  } catch (error) {
    if (!entered && tooLong.aborted && signal?.aborted !== true) throw busy(home)
    throw error
  }
}

function busy(home: StackHome): StackError {
  return new StackError({
    code: 'StackDown',
    what: 'The stack could not be started.',
    why: `Another \`understudy up\` has been at it in ${home.folder} for five minutes.`,
    fix: 'Wait for it or interrupt it, then try again.',
  })
}
