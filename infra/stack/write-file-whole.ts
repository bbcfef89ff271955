import { randomBytes } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'

/**
 * Replaces a file in one step, so that no reader and no kill -9 ever sees half of it. Synchronous on purpose: a process
 * that was just spawned is on record before anything else can happen in this one.
 */
export function writeFileWhole(path: string, text: string, mode = 0o600): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, text, { mode })
  renameSync(draft, path)
}
