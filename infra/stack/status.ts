import { isStackAlive } from './connection-settings.ts'
import type { StackHome } from './home.ts'
import { loopback } from './local-settings.ts'
import type { PortName, Ports } from './ports/port-names.ts'
import { isRunning } from './process/process-identity.ts'
import { readSecrets } from './secrets.ts'
import type { Service } from './services/service.ts'
import { stackServices } from './services/stack-services.ts'
import type { StackPlan } from './stack-plan.ts'
import { readStackState, type ServiceName, type ServiceState, type StackState } from './stack-state.ts'

/** `gone`: its process is not there, and nobody restarts it. `not-answering`: it runs and fails its probe. */
export type LiveState = ServiceState['state'] | 'gone' | 'not-answering'

export interface ServiceStatus {
  readonly name: ServiceName
  readonly state: LiveState
  readonly port: number | null
  readonly pid: number | null
  /** Since its process started. */
  readonly uptimeSeconds: number | null
  /** Restarts after a crash, since `up`. */
  readonly restarts: number
  readonly lastExit: ServiceState['lastExit']
  readonly nextStartAt: string | null
  readonly problem: string | null
  readonly url: string | null
}

export interface StackStatus {
  readonly home: string
  /** `unsupervised`: services run, their supervisor does not. */
  readonly status: 'never-started' | 'down' | 'starting' | 'up' | 'stopping' | 'unsupervised'
  /** Everything runs, answers and is watched over. */
  readonly healthy: boolean
  readonly supervisorPid: number | null
  readonly teacher: StackState['teacher']
  readonly simulated: boolean
  readonly services: ServiceStatus[]
  /** With what people sign in; the passwords themselves are in that file only. */
  readonly accounts: {
    readonly labelStudio: string
    readonly minio: string
    readonly passwordsIn: string
  } | null
  readonly links: { readonly temporal: string; readonly labelStudio: string; readonly minio: string } | null
}

/** What runs right now: the record, checked against the processes and against one real call a service. */
export async function readStackStatus(home: StackHome): Promise<StackStatus> {
  const state = readStackState(home)
  if (state === null) return { ...nothing(home), status: 'never-started' }
  if (!isStackAlive(state)) {
    const crashed = state.status !== 'down'
    return { ...nothing(home), status: 'down', services: crashed ? await servicesNow(home, state) : [] }
  }
  const supervised = state.supervisor !== null && isRunning(state.supervisor)
  const services = await servicesNow(home, state)
  const status = supervised ? state.status : 'unsupervised'
  return {
    home: home.folder,
    status,
    healthy: status === 'up' && services.every((service) => service.state === 'ready'),
    supervisorPid: supervised ? (state.supervisor?.pid ?? null) : null,
    teacher: state.teacher,
    simulated: state.teacher?.endpoint === 'simulated',
    services,
    accounts: accountsOf(home),
    links: {
      temporal: loopback(state.ports.temporalUi),
      labelStudio: loopback(state.ports.labelStudio),
      minio: loopback(state.ports.minioConsole),
    },
  }
}

/** The plan that a record tells of. Enough to ask the services, not to start them: it has no key. */
export function planOnRecord(home: StackHome, state: StackState): StackPlan {
  const simulated = state.teacher?.endpoint === 'simulated'
  return {
    home: home.folder,
    ports: state.ports,
    programs: state.programs,
    versions: state.versions,
    bucket: state.bucket,
    teacher: simulated ? { kind: 'simulated', truth: [] } : { kind: 'none' },
    requestsPerMinute: state.requestsPerMinute,
    worker: state.services.some(({ name }) => name === 'worker'),
    overrides: {},
  }
}

function nothing(home: StackHome): Omit<StackStatus, 'status'> {
  return {
    home: home.folder,
    healthy: false,
    supervisorPid: null,
    teacher: null,
    simulated: false,
    services: [],
    accounts: null,
    links: null,
  }
}

function accountsOf(home: StackHome): StackStatus['accounts'] {
  const secrets = readSecrets(home)
  if (secrets === null) return null
  const { board, store } = secrets
  return { labelStudio: board.email, minio: store.accessKey, passwordsIn: home.secretsFile }
}

async function servicesNow(home: StackHome, state: StackState): Promise<ServiceStatus[]> {
  const secrets = readSecrets(home)
  const services = secrets === null ? [] : stackServices(planOnRecord(home, state), home, secrets)
  return Promise.all(
    state.services.map(async (recorded) => {
      const service = services.find(({ name }) => name === recorded.name)
      return { ...describe(recorded, state.ports), ...(await liveState(recorded, service)) }
    }),
  )
}

async function liveState(
  recorded: ServiceState,
  service: Service | undefined,
): Promise<{ state: LiveState; problem: string | null }> {
  const { state, problem, process } = recorded
  if (process === null) return { state, problem }
  if (!isRunning(process)) return { state: 'gone', problem: 'its process ended' }
  if (state !== 'ready' || service === undefined) return { state, problem }
  try {
    await service.probe(process.pid)
    return { state, problem: null }
  } catch (error) {
    return { state: 'not-answering', problem: error instanceof Error ? error.message : String(error) }
  }
}

const portOf: Record<ServiceName, PortName | null> = {
  temporal: 'temporal',
  minio: 'minio',
  'label-studio': 'labelStudio',
  simulator: 'simulator',
  worker: null,
}
const linkOf: Record<ServiceName, PortName | null> = {
  temporal: 'temporalUi',
  minio: 'minioConsole',
  'label-studio': 'labelStudio',
  simulator: null,
  worker: null,
}

function describe(service: ServiceState, ports: Ports): Omit<ServiceStatus, 'state' | 'problem'> {
  const [port, link] = [portOf[service.name], linkOf[service.name]]
  const uptime = service.startedAt === null ? null : (Date.now() - Date.parse(service.startedAt)) / 1000
  return {
    name: service.name,
    port: port === null ? null : ports[port],
    pid: service.process?.pid ?? null,
    uptimeSeconds: service.process === null || uptime === null ? null : Math.round(uptime),
    restarts: service.restarts,
    lastExit: service.lastExit,
    nextStartAt: service.nextStartAt,
    url: link === null ? null : loopback(ports[link]),
  }
}
