import { setTimeout as delay } from 'node:timers/promises'
import { StackError } from '../stack-error.ts'
import type { StackHome } from './home.ts'
import { isRunning, type ProcessIdentity } from './process/process-identity.ts'
import { readLogTail } from './read-log.ts'
import { readStackState, type ServiceState, type StackState } from './stack-state.ts'

export interface ReadyWait {
  readonly home: StackHome
  readonly supervisor: ProcessIdentity
  readonly onProgress: (text: string) => void
  readonly signal: AbortSignal | undefined
}

const longestWaitMs = 300_000
/** Whoever watches hears of a long start at least this often. */
const longestSilenceMs = 5_000
/** A service that ended this often before the whole was up will not come. */
const hopelessRestarts = 3

/** The state once every service has proven itself. Throws StackDown with the reason and the place of the log. */
export async function waitUntilReady({
  home,
  supervisor,
  onProgress,
  signal,
}: ReadyWait): Promise<StackState> {
  const deadline = Date.now() + longestWaitMs
  const told = new Map<string, string>()
  let toldAt = Date.now()
  const tell = (text: string): void => {
    toldAt = Date.now()
    onProgress(text)
  }
  for (;;) {
    const state = readStackState(home)
    if (state?.supervisor?.pid === supervisor.pid) {
      // Up at first sight: there was nothing to wait for, and so there is nothing to tell.
      if (state.status === 'up' && told.size === 0) return state
      tellChanges(state, told, tell)
      if (Date.now() - toldAt > longestSilenceMs) tell(`still waiting for ${unready(state).join(', ')}`)
      if (state.status === 'up') return state
      const hopeless = state.services.find(
        ({ state, restarts }) => state !== 'ready' && restarts >= hopelessRestarts,
      )
      if (hopeless !== undefined) throw serviceFailed(home, hopeless)
    }
    if (!isRunning(supervisor)) throw supervisorDied(home)
    if (Date.now() > deadline) {
      const slow = state?.services.find((service) => service.state !== 'ready')
      throw slow === undefined ? supervisorDied(home) : serviceFailed(home, slow)
    }
    await delay(100, undefined, { signal })
  }
}

const unready = ({ services }: StackState): string[] =>
  services.flatMap(({ name, state }) => (state === 'ready' ? [] : [name]))

function tellChanges(state: StackState, told: Map<string, string>, onProgress: (text: string) => void): void {
  for (const service of state.services) {
    const words = inWords(service)
    if (words === null) continue
    if (told.get(service.name) !== words) onProgress(`${service.name}: ${words}`)
    told.set(service.name, words)
  }
}

/** Null: nothing to tell yet. */
function inWords({ state, problem, restarts }: ServiceState): string | null {
  if (state === 'waiting') return null
  if (state === 'backing-off') return `${problem ?? 'ended'}; starts again (${restarts + 1})`
  return state
}

function serviceFailed(home: StackHome, service: ServiceState): StackError {
  const log = home.log(service.name)
  const last = readLogTail(log, 10).join('\n')
  return new StackError({
    code: 'StackDown',
    what: `${service.name} does not start.`,
    why: `${service.problem ?? `It is still ${service.state}`}.${last === '' ? '' : ` Its log ends:\n${last}`}`,
    fix: `Read ${log}, mend the cause and run \`understudy up\` again.`,
  })
}

function supervisorDied(home: StackHome): StackError {
  const last = readLogTail(home.log('supervisor'), 5).join('\n')
  return new StackError({
    code: 'StackDown',
    what: 'The supervisor of the local services ended.',
    why: last === '' ? 'It left no word.' : `Its log ends:\n${last}`,
    fix: `Run \`understudy up\` again; the whole log is ${home.log('supervisor')}.`,
  })
}
