import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for the same process only. */
  readonly startedAt: string
}

interface ProcessStat {
  readonly state: string
  readonly group: number
  readonly startTicks: string
}

async function readStat(pid: number): Promise<ProcessStat | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold blanks and brackets: the fields begin behind the last one.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? 'X', group: Number(fields[2]), startTicks: fields[19] ?? '' }
  } catch {
    return null
  }
}

const isDead = (state: string): boolean => state.startsWith('Z') || state.startsWith('X')

/** The identity of a living process; null when there is none, or only its remains (a zombie). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (process.platform === 'linux') {
    const stat = await readStat(pid)
    if (stat === null || isDead(stat.state)) return null
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    return { pid, startedAt: `${boot.trim()}:${stat.startTicks}` }
  }
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)])
    const [state = 'X', ...started] = stdout.trim().split(/\s+/)
    return isDead(state) ? null : { pid, startedAt: started.join(' ') }
  } catch {
    return null
  }
}

export async function isAlive({ pid, startedAt }: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(pid))?.startedAt === startedAt
}

/** Numbers of the living processes of a process group. */
async function groupMembers(group: number): Promise<number[]> {
  if (process.platform !== 'linux') {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,pgid=,stat='])
    return stdout.split('\n').flatMap((line) => {
      const [pid, pgid, state = 'X'] = line.trim().split(/\s+/)
      return Number(pgid) === group && !isDead(state) ? [Number(pid)] : []
    })
  }
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const stats = await Promise.all(pids.map(async (pid) => ({ pid, stat: await readStat(pid) })))
  return stats.flatMap(({ pid, stat }) => (stat?.group === group && !isDead(stat.state) ? [pid] : []))
}

/**
 * True when the process that founded a group lives, or others of that group do: a trainer goes on when its leader is killed.
 * False when the number belongs to another process since: then none of the group can be left.
 */
export async function groupIsAlive(leader: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(leader.pid)
  if (now !== null) return now.startedAt === leader.startedAt
  return (await groupMembers(leader.pid)).length > 0
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // Gone already.
  }
}

const pollMilliseconds = 100

async function emptied(group: number, withinMilliseconds: number): Promise<boolean> {
  const deadline = Date.now() + withinMilliseconds
  while ((await groupMembers(group)).length > 0) {
    if (Date.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds))
  }
  return true
}

/**
 * Ends the process group that `leader` founded, the leader dead or alive: TERM, then KILL after a grace. Does nothing when
 * the number has gone to another process since: then no group of that name can be left of ours.
 */
export async function endGroup(leader: ProcessIdentity, graceMilliseconds = 10_000): Promise<void> {
  const now = await identifyProcess(leader.pid)
  if (now !== null && now.startedAt !== leader.startedAt) return
  if ((await groupMembers(leader.pid)).length === 0) return
  signalGroup(leader.pid, 'SIGTERM')
  if (await emptied(leader.pid, graceMilliseconds)) return
  signalGroup(leader.pid, 'SIGKILL')
  await emptied(leader.pid, graceMilliseconds)
}
