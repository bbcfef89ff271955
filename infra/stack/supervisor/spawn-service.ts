import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { ProcessIdentity } from '../process/process-identity.ts'
import { identify } from '../process/process-identity.ts'
import type { Launch } from '../services/service.ts'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Spawned {
  readonly identity: ProcessIdentity
  readonly exited: Promise<Exit>
}

const logLimitBytes = 20_000_000

/**
 * Starts a process as the leader of its own group, with its output appended to `logFile` (a file, not a pipe: it goes on
 * when the supervisor dies). Throws when the program cannot be started.
 */
export function spawnService(launch: Launch, logFile: string): Spawned {
  const log = openLog(logFile)
  try {
    const child = spawn(launch.program, [...launch.arguments], {
      cwd: launch.folder,
      env: { ...launch.environment },
      detached: true,
      stdio: ['ignore', log, log],
    })
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
      child.once('error', () => resolve({ code: null, signal: null }))
    })
    const identity = child.pid === undefined ? null : identify(child.pid)
    if (identity === null) throw new Error(`${launch.program} could not be started`)
    return { identity, exited }
  } finally {
    closeSync(log)
  }
}

/** A log beyond 20 MB is put aside at a start; the one before that is dropped. */
export function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true })
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}
