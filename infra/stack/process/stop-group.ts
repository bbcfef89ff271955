import { readFileSync, readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProcessIdentity } from './process-identity.ts'
import { identify, isRunning, parseStat } from './process-identity.ts'

/**
 * Ends the process group led by a recorded process: TERM, then KILL to whatever is left after `graceMs`. Does nothing
 * when its number belongs to another process by now. Resolves once the group is gone; false when it could not be ended.
 */
export async function stopGroup(leader: ProcessIdentity, graceMs: number): Promise<boolean> {
  if (!signalGroup(leader, 'SIGTERM')) return true
  if (await groupGone(leader, graceMs)) return true
  signalGroup(leader, 'SIGKILL')
  return groupGone(leader, 5_000)
}

/** False when there is nothing (left) to signal. */
export function signalGroup(leader: ProcessIdentity, signal: NodeJS.Signals | 0): boolean {
  // No process has the number: it cannot have been given away while members of the group live. Another one has it: hands off.
  if (!isRunning(leader) && identify(leader.pid) !== null) return false
  try {
    process.kill(-leader.pid, signal)
    return true
  } catch {
    return false
  }
}

async function groupGone(leader: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (groupLives(leader)) {
    if (Date.now() > deadline) return false
    await delay(50)
  }
  return true
}

function groupLives(leader: ProcessIdentity): boolean {
  if (isRunning(leader)) return true
  // Zombies that nobody reaps still answer signal 0; on Linux they can be told apart.
  return signalGroup(leader, 0) && (process.platform !== 'linux' || hasLivingMember(leader.pid))
}

function hasLivingMember(group: number): boolean {
  return readdirSync('/proc').some((entry) => {
    if (!/^\d+$/.test(entry)) return false
    try {
      const stat = parseStat(readFileSync(`/proc/${entry}/stat`, 'utf8'))
      return stat !== null && stat.group === group && stat.state !== 'Z' && stat.state !== 'X'
    } catch {
      return false
    }
  })
}
