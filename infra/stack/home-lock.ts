import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { StackError } from '../stack-error.ts'
import type { StackHome } from './home.ts'
import { ProcessIdentity, identify, isRunning } from './process/process-identity.ts'

const longestWaitMs = 300_000

/**
 * Runs `action` while no other `up` of the same home does. Waits for one that is under way; a lock whose owner is dead
 * is taken over.
 */
export async function withHomeLock<Result>(
  home: StackHome,
  signal: AbortSignal | undefined,
  action: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(home.folder, { recursive: true, mode: 0o700 })
  const deadline = Date.now() + longestWaitMs
  while (!takeLock(home.lockFile)) {
    if (Date.now() > deadline) throw busy(home)
    await delay(200, undefined, { signal })
  }
  try {
    return await action()
  } finally {
    rmSync(home.lockFile, { force: true })
  }
}

function takeLock(path: string): boolean {
  const own = JSON.stringify(identify(process.pid))
  try {
    writeFileSync(path, own, { flag: 'wx', mode: 0o600 })
    return true
  } catch {
    if (!ownerRuns(path)) rmSync(path, { force: true })
    return false
  }
}

function ownerRuns(path: string): boolean {
  try {
    const owner = ProcessIdentity.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return owner.success && isRunning(owner.data)
  } catch {
    return false
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
