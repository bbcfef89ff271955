import { setTimeout as delay } from 'node:timers/promises'
import { isPortFree } from '../ports/port-claims.ts'
import { stopGroup } from '../process/stop-group.ts'
import type { Service } from '../services/service.ts'
import type { ServiceName, ServiceState } from '../stack-state.ts'
import { backOffMs, soundAfterMs } from './back-off.ts'
import { spawnService, type Exit, type Spawned } from './spawn-service.ts'

export interface SupervisionHost {
  readonly logFile: string
  /** Called in the same tick as every change: the record must not lag behind the processes. */
  readonly onChange: () => void
  readonly isReady: (name: ServiceName) => boolean
  readonly report: (line: string) => void
}

export interface Supervision {
  readonly state: ServiceState
  /** Begins; a second call changes nothing. */
  start(): void
  /** Ends the process group and the restarting of it. */
  stop(): Promise<void>
}

const probeIntervalMs = 200
const notReady = 'ended before it was ready'

/** Keeps one service running until `stop`: started when its needs are ready, started again with back-off when it ends. */
export function supervise(service: Service, host: SupervisionHost): Supervision {
  let state = initialState(service.name)
  const stopping = new AbortController()
  const update = (change: Partial<ServiceState>): void => {
    state = { ...state, ...change }
    host.onChange()
  }

  const loop = async (): Promise<void> => {
    let inARow = 0
    while (!stopping.signal.aborted) {
      const soundUntilEnd = await runOnce()
      if (stopping.signal.aborted) return
      inARow = soundUntilEnd ? 0 : inARow
      const waitMs = backOffMs(inARow)
      inARow += 1
      update({ state: 'backing-off', nextStartAt: new Date(Date.now() + waitMs).toISOString() })
      host.report(
        `${service.name}: starts again in ${Math.round(waitMs / 1000)} s (${state.problem ?? 'ended'})`,
      )
      await pause(waitMs, stopping.signal)
      if (!stopping.signal.aborted) update({ restarts: state.restarts + 1 })
    }
  }

  /** One life of the process. True when it had been ready long enough to count as sound. */
  const runOnce = async (): Promise<boolean> => {
    update({ state: 'waiting', nextStartAt: null })
    while (!service.needs.every(host.isReady)) {
      if (stopping.signal.aborted) return false
      await pause(probeIntervalMs, stopping.signal)
    }
    let running: Spawned
    try {
      await service.prepare()
      await requireFreePorts(service)
      if (stopping.signal.aborted) return false
      running = spawnService(service.launch(), host.logFile)
    } catch (error) {
      update({ problem: messageOf(error) })
      return false
    }
    update({ state: 'starting', process: running.identity, startedAt: now(), readyAt: null })
    host.report(`${service.name}: started as process ${running.identity.pid}`)
    return untilExit(running)
  }

  const untilExit = async (running: Spawned): Promise<boolean> => {
    let exit: Exit | null = null
    void running.exited.then((value) => {
      exit = value
    })
    const problem = await becomeReady(
      service,
      running.identity.pid,
      () => exit !== null || stopping.signal.aborted,
    )
    if (problem === null) {
      update({ state: 'ready', readyAt: now(), problem: null })
      host.report(`${service.name}: ready`)
    } else if (exit === null) {
      await stopGroup(running.identity, service.graceMs)
    }
    const { code, signal } = await running.exited
    const readyFor = state.readyAt === null ? 0 : Date.now() - Date.parse(state.readyAt)
    // Children that outlive their leader would keep its ports and files.
    await stopGroup(running.identity, service.graceMs)
    update({
      process: null,
      lastExit: { code, signal, at: now() },
      problem:
        problem === null || problem === notReady
          ? `${problem ?? 'ended by itself'} (${signal ?? `exit code ${code}`})`
          : problem,
    })
    return readyFor >= soundAfterMs
  }

  let ended: Promise<void> | null = null
  return {
    get state() {
      return state
    },
    start: () => {
      ended ??= loop()
    },
    stop: async () => {
      stopping.abort()
      if (state.process !== null) await stopGroup(state.process, service.graceMs)
      await ended
      update({ state: 'stopped', process: null, nextStartAt: null, problem: null })
    },
  }
}

/** Null once the service has proven itself and settled; else why it has not. */
async function becomeReady(service: Service, pid: number, over: () => boolean): Promise<string | null> {
  const deadline = Date.now() + service.readyWithinMs
  let last = 'it does not answer'
  while (!over()) {
    try {
      await service.probe(pid)
      await service.settle()
      return null
    } catch (error) {
      last = messageOf(error)
    }
    if (Date.now() > deadline) return `not ready after ${service.readyWithinMs / 1000} s: ${last}`
    await delay(probeIntervalMs)
  }
  return notReady
}

async function requireFreePorts(service: Service): Promise<void> {
  for (const port of service.ports) {
    if (!(await isPortFree(port))) throw new Error(`port ${port} is taken by another program`)
  }
}

function initialState(name: ServiceName): ServiceState {
  return {
    name,
    state: 'waiting',
    process: null,
    startedAt: null,
    readyAt: null,
    restarts: 0,
    lastExit: null,
    nextStartAt: null,
    problem: null,
  }
}

const now = (): string => new Date().toISOString()
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(ms, undefined, { signal }).catch(() => {})
