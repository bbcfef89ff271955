import type { StackHome } from './home.ts'
import { isRunning, type ProcessIdentity } from './process/process-identity.ts'
import { stopGroup } from './process/stop-group.ts'
import { readStackState, writeStackState, type StackState } from './stack-state.ts'

export interface StoppedStack {
  /** Names of what was running; empty when nothing was. */
  readonly stopped: string[]
  /** Processes that could not be ended. */
  readonly left: { readonly name: string; readonly pid: number }[]
}

/** Long enough for a supervisor that stops a worker (20 s) and then the rest (10 s). */
const supervisorGraceMs = 45_000
const serviceGraceMs = 10_000

/**
 * Ends the stack of a home: its supervisor, which ends the services, and any service that a killed supervisor left.
 * Goes by recorded number and start time, so that nobody else's process is touched. Safe to repeat.
 */
export async function stopStack(home: StackHome): Promise<StoppedStack> {
  const before = readStackState(home)
  if (before === null) return { stopped: [], left: [] }
  const running = recordedProcesses(before).filter(({ identity }) => isRunning(identity))
  if (before.supervisor !== null) await stopGroup(before.supervisor, supervisorGraceMs)
  const left = await stopLeftovers(home)
  return { stopped: running.map(({ name }) => name), left }
}

/** Ends the services of a stack whose supervisor is gone, and says so in `stack.json`. */
export async function stopLeftovers(home: StackHome): Promise<StoppedStack['left']> {
  // Read again: the supervisor may have started something until its end.
  const state = readStackState(home)
  if (state === null) return []
  const processes = recordedProcesses(state).filter(({ name }) => name !== 'supervisor')
  const ended = await Promise.all(
    processes.map(async ({ name, identity }) =>
      (await stopGroup(identity, serviceGraceMs)) ? [] : [{ name, pid: identity.pid }],
    ),
  )
  const left = ended.flat()
  writeStackState(home, {
    ...state,
    status: 'down',
    supervisor: null,
    services: state.services.map((service) =>
      left.some(({ name }) => name === service.name)
        ? service
        : { ...service, state: 'stopped', process: null, nextStartAt: null },
    ),
  })
  return left
}

function recordedProcesses(state: StackState): { name: string; identity: ProcessIdentity }[] {
  const supervisor = state.supervisor === null ? [] : [{ name: 'supervisor', identity: state.supervisor }]
  const services = state.services.flatMap(({ name, process }) =>
    process === null ? [] : [{ name, identity: process }],
  )
  return [...supervisor, ...services]
}
