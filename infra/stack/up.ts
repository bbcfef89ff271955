import { ensureToolchain } from '../toolchain/ensure-toolchain.ts'
import { sendWishes } from './control-client.ts'
import { isStackAlive } from './connection-settings.ts'
import { stopServices } from './down.ts'
import { withHomeLock } from './home-lock.ts'
import type { StackHome } from './home.ts'
import { choosePorts, fixedPorts } from './ports/choose-ports.ts'
import { openPortClaims } from './ports/port-claims.ts'
import type { PortName } from './ports/port-names.ts'
import { isRunning, type ProcessIdentity } from './process/process-identity.ts'
import { ensureSecrets } from './secrets.ts'
import type { StackPlan, TeacherChoice, WorkerWishes } from './stack-plan.ts'
import { readStackState, type StackState } from './stack-state.ts'
import { startSupervisor } from './start-supervisor.ts'
import { teacherOfUser, userOverrides } from './user-settings.ts'
import { waitUntilReady } from './wait-until-ready.ts'

export interface StackOptions {
  readonly home: StackHome
  /** Whose variables count: key, overrides, fixed ports, allow-listed names. Default: this process's. */
  readonly environment?: NodeJS.ProcessEnv
  /** Label files (absolute paths) of the simulated teacher; left out: the key of the environment, if there is one. */
  readonly simulate?: { readonly truth: readonly string[] }
  /** Default true. Tests bring workers of their own. */
  readonly worker?: boolean
  /** Default `preferred`: the usual numbers where they are free. */
  readonly ports?: 'preferred' | 'random'
  readonly fixedPorts?: Partial<Record<PortName, number>>
  /** The rate limit of the `gemini` queue. Left out: what the stack has, at first 60. */
  readonly requestsPerMinute?: number
  readonly onProgress?: (text: string) => void
  readonly signal?: AbortSignal
}

export interface StartedStack {
  readonly outcome: 'started' | 'changed' | 'unchanged'
  /** What was changed or cleaned up, in words. */
  readonly changes: string[]
  readonly state: StackState
}

const defaultRequestsPerMinute = 60
const bucket = 'understudy'

/**
 * Brings the local services up and resolves once each has proven that it answers. On a running stack it changes only
 * what depends on other wishes (teacher, rate): then the worker alone starts anew. After a supervisor that was killed it
 * first ends what that left. Throws StackError: ToolchainFailed, PortTaken, StackDown, BadConfig.
 */
export async function startStack(options: StackOptions): Promise<StartedStack> {
  const { home, signal } = options
  return withHomeLock(home, signal, async () => {
    const state = readStackState(home)
    if (state?.supervisor && state.status !== 'stopping' && isRunning(state.supervisor)) {
      return adjust(options, state, state.supervisor)
    }
    const changes = state !== null && isStackAlive(state) ? await cleanUp(home) : []
    return { outcome: 'started', changes, state: await start(options, state) }
  })
}

async function adjust(
  options: StackOptions,
  before: StackState,
  supervisor: ProcessIdentity,
): Promise<StartedStack> {
  const { home, signal } = options
  const changes = await sendWishes(
    { port: before.ports.control, pid: supervisor.pid, secrets: ensureSecrets(home) },
    wishesOf(options),
  )
  const state = await waitUntilReady({ home, supervisor, signal, onProgress: tell(options) })
  return { outcome: changes.length === 0 ? 'unchanged' : 'changed', changes, state }
}

async function cleanUp(home: StackHome): Promise<string[]> {
  await stopServices(home)
  return ['ended the services that a killed supervisor had left']
}

async function start(options: StackOptions, previous: StackState | null): Promise<StackState> {
  const { home, signal } = options
  const environment = options.environment ?? process.env
  const wishes = wishesOf(options)
  const { versions, ...programs } = await ensureToolchain({
    onProgress: ({ tool, text }) => tell(options)(`${tool}: ${text}`),
    environment,
    signal: signal ?? new AbortController().signal,
  })
  ensureSecrets(home)
  using claims = openPortClaims()
  const ports = await choosePorts(
    {
      fixed: { ...fixedPorts(environment), ...options.fixedPorts },
      previous: previous?.ports ?? {},
      rest: options.ports ?? 'preferred',
    },
    claims,
  )
  const plan: StackPlan = {
    home: home.folder,
    ports,
    programs,
    bucket,
    versions: { ...versions },
    teacher: wishes.teacher ?? { kind: 'none' },
    requestsPerMinute: wishes.requestsPerMinute ?? defaultRequestsPerMinute,
    worker: options.worker ?? true,
    overrides: wishes.overrides,
  }
  const supervisor = await startSupervisor(home, plan, environment)
  try {
    return await waitUntilReady({ home, supervisor, signal, onProgress: tell(options) })
  } catch (error) {
    tell(options)('stops what was started')
    await stopServices(home)
    throw error
  }
}

function wishesOf(options: StackOptions): WorkerWishes {
  const environment = options.environment ?? process.env
  const simulated: TeacherChoice | null =
    options.simulate === undefined ? null : { kind: 'simulated', truth: [...options.simulate.truth] }
  return {
    teacher: simulated ?? teacherOfUser(environment),
    requestsPerMinute: options.requestsPerMinute ?? null,
    overrides: userOverrides(environment),
  }
}

const tell = (options: StackOptions): ((text: string) => void) => options.onProgress ?? (() => {})
