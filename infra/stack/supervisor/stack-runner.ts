import type { StackHome } from '../home.ts'
import { localSettings } from '../local-settings.ts'
import type { ProcessIdentity } from '../process/process-identity.ts'
import type { StackSecrets } from '../secrets.ts'
import type { Service } from '../services/service.ts'
import { stackServices, teacherAndWorker } from '../services/stack-services.ts'
import type { StackPlan, WorkerWishes } from '../stack-plan.ts'
import type { ServiceName, StackState } from '../stack-state.ts'
import { serviceNames, writeStackState } from '../stack-state.ts'
import { supervise, type Supervision } from './supervise.ts'
import { changedPlan } from './changed-plan.ts'

/** The running stack of one home, inside its supervisor. */
export interface StackRunner {
  /** Applies changed wishes: restarts the worker, starts or stops the simulator. Says what it changed. */
  apply(wishes: WorkerWishes): Promise<string[]>
  /** Ends every service: the worker first, so that it can still report to the others. */
  stop(): Promise<void>
}

export interface RunnerContext {
  readonly home: StackHome
  readonly secrets: StackSecrets
  readonly self: ProcessIdentity
  readonly report: (line: string) => void
}

/** Starts everything the plan names and keeps `stack.json` true from then on. */
export function runStack(initial: StackPlan, { home, secrets, self, report }: RunnerContext): StackRunner {
  let plan = initial
  let status: StackState['status'] = 'starting'
  /** Services are missing for a moment: those that remain being ready does not mean that all are. */
  let changing = false
  const startedAt = new Date().toISOString()
  const running = new Map<ServiceName, Supervision>()

  const isReady = (name: ServiceName): boolean => running.get(name)?.state.state === 'ready'
  const record = (): void => {
    if (status === 'starting' && !changing && [...running.keys()].every(isReady)) status = 'up'
    const { ports, bucket, programs, versions, requestsPerMinute } = plan
    const { teacher } = localSettings(home, plan, secrets, plan.teacher)
    writeStackState(home, {
      version: 1,
      status,
      supervisor: status === 'down' ? null : self,
      startedAt,
      ports,
      bucket,
      programs,
      versions,
      requestsPerMinute,
      teacher: teacher && {
        endpoint: teacher.endpoint,
        baseUrl: teacher.baseUrl,
        keySource: teacher.keySource,
      },
      services: serviceNames.flatMap((name) => running.get(name)?.state ?? []),
    })
  }
  const start = (services: readonly Service[]): void => {
    for (const service of services) {
      const host = { logFile: home.log(service.name), onChange: record, isReady, report }
      running.set(service.name, supervise(service, host))
    }
    for (const supervision of running.values()) supervision.start()
    record()
  }

  start(stackServices(plan, home, secrets))

  return {
    apply: async (wishes) => {
      const { next, changes } = changedPlan(plan, wishes)
      if (changes.length === 0 || status === 'stopping') return []
      report(`worker: starts anew: ${changes.join(', ')}`)
      status = 'starting'
      changing = true
      for (const name of ['worker', 'simulator'] as const) {
        await running.get(name)?.stop()
        running.delete(name)
      }
      plan = next
      changing = false
      start(teacherAndWorker(plan, home, secrets))
      return changes
    },
    stop: async () => {
      status = 'stopping'
      record()
      await running.get('worker')?.stop()
      await Promise.all([...running.values()].map((supervision) => supervision.stop()))
      status = 'down'
      record()
    },
  }
}
