import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { identify, isRunning, ProcessIdentity } from '../stack/process/process-identity.ts'
import { hasErrorCode } from './has-error-code.ts'

export interface FileLockOptions {
  readonly path: string
  readonly signal: AbortSignal
  /** Called once, when another living process holds the lock. */
  readonly onWait: (holder: ProcessIdentity) => void
}

const retryMilliseconds = 250
const breakerPatienceMilliseconds = 10_000

/**
 * Runs `work` while this process alone holds the lock file. The file names its holder by number and start time: a lock
 * whose holder is gone is taken over, a living one is waited for. Throws what `signal` was aborted with while waiting.
 */
export async function withFileLock<Result>(
  { path, signal, onWait }: FileLockOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true })
  const token = await acquire(path, signal, onWait)
  try {
    return await work()
  } finally {
    if ((await readLock(path))?.token === token) await unlinkQuietly(path)
  }
}

async function acquire(
  path: string,
  signal: AbortSignal,
  onWait: FileLockOptions['onWait'],
): Promise<string> {
  const token = randomBytes(8).toString('hex')
  const draft = `${path}.${token}`
  await writeFile(draft, JSON.stringify({ ...identify(process.pid), token }))
  let waited = false
  try {
    while (!(await linked(draft, path))) {
      signal.throwIfAborted()
      const holder = await readLock(path)
      if (holder !== undefined && isRunning(holder)) {
        if (!waited) onWait(holder)
        waited = true
        await delay(retryMilliseconds, undefined, { signal })
      } else {
        await breakStaleLock(path)
      }
    }
    return token
  } finally {
    await unlinkQuietly(draft)
  }
}

/** A hard link makes the lock appear whole, with its holder inside, or not at all. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false
    throw error
  }
}

/**
 * Removes the lock of a process that is gone. Only the holder of the breaker file does, and it looks once more: else two
 * that saw the same stale lock could remove the fresh one that the quicker of them has just made.
 */
async function breakStaleLock(path: string): Promise<void> {
  const breaker = `${path}.breaking`
  try {
    await writeFile(breaker, '', { flag: 'wx' })
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error
    await delay(retryMilliseconds)
    // Breaking takes milliseconds, so an old file was left by a killed process.
    const age = Date.now() - ((await stat(breaker).catch(() => undefined))?.mtimeMs ?? Date.now())
    if (age > breakerPatienceMilliseconds) await unlinkQuietly(breaker)
    return
  }
  try {
    const holder = await readLock(path)
    if (holder === undefined || !isRunning(holder)) await unlinkQuietly(path)
  } finally {
    await unlinkQuietly(breaker)
  }
}

const LockRecord = ProcessIdentity.extend({ token: ProcessIdentity.shape.started })

/** The holder on record, undefined for no lock or an unreadable one. */
async function readLock(path: string) {
  try {
    return LockRecord.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

async function unlinkQuietly(path: string): Promise<void> {
  await unlink(path).catch(() => undefined)
}
