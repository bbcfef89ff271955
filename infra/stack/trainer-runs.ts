import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { z } from 'zod'
import type { StackHome } from './home.ts'
import { isRunning, type ProcessIdentity } from './process/process-identity.ts'
import { stopGroup } from './process/stop-group.ts'

/** What the trainer's lock says of who trains (activities/detached-training/run-folder.ts). */
const TrainerLock = z.object({ pid: z.int().positive(), startedAt: z.string() })
const graceMs = 10_000

/**
 * Ends trainings that still run: they are detached so that they outlive a worker, but not the stack. Each goes on from
 * its last checkpoint when a worker takes it up again. Resolves to those that could not be ended.
 */
export async function stopTrainings(home: StackHome): Promise<{ stopped: number; left: number[] }> {
  const running: ProcessIdentity[] = []
  for await (const path of glob(`*/attempt-*.lock`, { cwd: home.runsFolder })) {
    const leader = lockOwner(`${home.runsFolder}/${path}`)
    if (leader !== null && isRunning(leader)) running.push(leader)
  }
  const ended = await Promise.all(running.map((leader) => stopGroup(leader, graceMs)))
  return { stopped: running.length, left: running.flatMap(({ pid }, index) => (ended[index] ? [] : [pid])) }
}

function lockOwner(path: string): ProcessIdentity | null {
  try {
    const lock = TrainerLock.safeParse(JSON.parse(readFileSync(path, 'utf8')))
    return lock.success ? { pid: lock.data.pid, started: lock.data.startedAt } : null
  } catch {
    return null
  }
}
