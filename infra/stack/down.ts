import type { StackHome } from './home.ts'
import { isRunning, type ProcessIdentity } from './process/process-identity.ts'
import { stopGroup } from './process/stop-group.ts'
import { readStackState, writeStackState, type StackState } from './stack-state.ts'
import { stopTrainings } from './trainer-runs.ts'

export interface StoppedStack {
  /** Names of what was running; empty when nothing was. */
  readonly stopped: string[]
  /** Processes that could not be ended. */
  readonly left: { readonly name: string; readonly pid: number }[]
}

/** Long enough for a supervisor that stops a worker (20 s) and then the rest (10 s). */
const supervisorGraceMs = 45_000
/** As long as a worker takes to force its activities to an end. */
const serviceGraceMs = 20_000

/**
 * Ends the stack of a home with everything that it started, trainings included. Goes by recorded number and start time,
 * so that nobody else's process is touched. Safe to repeat.
 */
export async function stopStack(home: StackHome): Promise<StoppedStack> {
  const services = await stopServices(home)
  // After the worker: it would take an ended training up again.
  const trainings = await stopTrainings(home)
  return {
    stopped: [...services.stopped, ...(trainings.stopped === 0 ? [] : ['trainer'])],
    left: [...services.left, ...trainings.left.map((pid) => ({ name: 'trainer', pid }))],
  }
}

/**
 * Ends the supervisor, which ends the services, and any service that a killed supervisor left. A training goes on: the
 * next worker attaches to it.
 */
export async function stopServices(home: StackHome): Promise<StoppedStack> {
  const before = readStackState(home)
  if (before === null) return { stopped: [], left: [] }
  const running = recordedProcesses(before).filter(({ identity }) => isRunning(identity))
  const supervisorEnded =
    before.supervisor === null || (await stopGroup(before.supervisor, supervisorGraceMs))
  // Read again: the supervisor may have started something until its end.
  const state = readStackState(home) ?? before
  const services = recordedProcesses(state).filter(({ name }) => name !== 'supervisor')
  // The worker first: it reports back to the others, and waits for them when they are gone.
  const [workers, rest] = [services.filter(isWorker), services.filter((service) => !isWorker(service))]
  const left = [...(await stopAll(workers)), ...(await stopAll(rest))]
  if (supervisorEnded) writeStackState(home, asDown(state, left))
  const all =
    supervisorEnded || before.supervisor === null ? left : [supervisorOf(before.supervisor), ...left]
  return {
    stopped: running.map(({ name }) => name),
    left: all.map(({ name, identity }) => ({ name, pid: identity.pid })),
  }
}

interface RecordedProcess {
  readonly name: string
  readonly identity: ProcessIdentity
}

const isWorker = ({ name }: RecordedProcess): boolean => name === 'worker'

/** Those that could not be ended. */
async function stopAll(processes: readonly RecordedProcess[]): Promise<RecordedProcess[]> {
  const ended = await Promise.all(processes.map(({ identity }) => stopGroup(identity, serviceGraceMs)))
  return processes.filter((_, index) => ended[index] !== true)
}

const supervisorOf = (identity: ProcessIdentity): RecordedProcess => ({ name: 'supervisor', identity })

function recordedProcesses({ supervisor, services }: StackState): RecordedProcess[] {
  return [
    ...(supervisor === null ? [] : [supervisorOf(supervisor)]),
    ...services.flatMap(({ name, process }) => (process === null ? [] : [{ name, identity: process }])),
  ]
}

function asDown(state: StackState, left: readonly RecordedProcess[]): StackState {
  return {
    ...state,
    status: 'down',
    supervisor: null,
    services: state.services.map((service) =>
      left.some(({ name }) => name === service.name)
        ? service
        : { ...service, state: 'stopped', process: null, nextStartAt: null },
    ),
  }
}
