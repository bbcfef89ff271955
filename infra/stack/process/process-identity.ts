import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** A process, told apart from a later one that was given the same number. */
export const ProcessIdentity = z.object({
  pid: z.int().positive(),
  /** Start time as the system tells it (Linux: boot and clock ticks; else `ps`); compared, never computed with. */
  started: z.string(),
})
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

/** Identity of a running process; null when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | null {
  const started = process.platform === 'linux' ? linuxStart(pid) : psStart(pid)
  return started === null ? null : { pid, started }
}

/** Whether the very process on record still runs: not merely one with its number. */
export function isRunning(recorded: ProcessIdentity): boolean {
  return identify(recorded.pid)?.started === recorded.started
}

/** State, process group and start time from `/proc/<pid>/stat`; the name in brackets may hold blanks and brackets. */
export function parseStat(stat: string): { state: string; group: number; startTicks: string } | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, group, startTicks] = [fields[0], fields[2], fields[19]]
  if (state === undefined || group === undefined || startTicks === undefined) return null
  return { state, group: Number(group), startTicks }
}

function linuxStart(pid: number): string | null {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    if (stat === null || stat.state === 'Z' || stat.state === 'X') return null
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.startTicks}`
  } catch {
    return null
  }
}

function psStart(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
    if (line === '' || line.startsWith('Z')) return null
    return line.split(/\s+/).slice(1).join(' ')
  } catch {
    return null
  }
}
