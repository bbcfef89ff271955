import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { WorkerEnvironment } from '../../domain/schemas/worker-environment.ts'
import { StackError } from '../stack-error.ts'
import { homeOf, type StackHome } from './home.ts'
import { localSettings } from './local-settings.ts'
import { isRunning } from './process/process-identity.ts'
import { readSecrets } from './secrets.ts'
import type { TeacherChoice } from './stack-plan.ts'
import { readStackState, type StackState } from './stack-state.ts'
import { teacherOfUser, userOverrides } from './user-settings.ts'
import { workerEnvironment } from './worker-environment.ts'

/**
 * How commands of a project reach the rest: the local stack of its folder, each part replaced by what the environment
 * names (TEMPORAL_ADDRESS, UNDERSTUDY_S3_ENDPOINT, …: domain/schemas/worker-environment.ts). Holds secrets.
 * Throws StackDown when no stack runs and the environment names none, BadConfig with every faulty variable.
 */
export async function readConnectionSettings(
  folder: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ConnectionSettings> {
  return settingsOfHome(homeOf(folder, environment), environment)
}

/** The same for a known home. */
export function settingsOfHome(
  home: StackHome,
  environment: NodeJS.ProcessEnv = process.env,
): ConnectionSettings {
  const local = localVariables(home, environment)
  const overrides = userOverrides(environment)
  const named = WorkerEnvironment.safeParse({
    UNDERSTUDY_HOME: home.folder,
    ...(local ?? environment),
    ...overrides,
  })
  if (named.success) return named.data.settings
  if (local === null && !('UNDERSTUDY_S3_ENDPOINT' in overrides)) throw stackDown(home)
  throw new StackError({
    code: 'BadConfig',
    what: 'The connection settings cannot be used.',
    // Paths and messages of our schema only: a value might be a secret.
    why: named.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    fix: 'Correct these environment variables, or unset them and run `understudy up`.',
  })
}

/** Whether anything of the recorded stack still runs. */
export function isStackAlive(state: StackState): boolean {
  const recorded = [state.supervisor, ...state.services.map((service) => service.process)]
  return recorded.some((identity) => identity !== null && isRunning(identity))
}

function localVariables(home: StackHome, environment: NodeJS.ProcessEnv): Record<string, string> | null {
  const state = readStackState(home)
  const secrets = readSecrets(home)
  if (state === null || secrets === null || state.status === 'down' || !isStackAlive(state)) return null
  // A simulated stack is simulated for every command: one run must not mix two teachers.
  const teacher: TeacherChoice =
    state.teacher?.endpoint === 'simulated'
      ? { kind: 'simulated', truth: [] }
      : (teacherOfUser(environment) ?? { kind: 'none' })
  return workerEnvironment(localSettings(home, state, secrets, teacher), {
    home: home.folder,
    requestsPerMinute: state.requestsPerMinute,
  })
}

function stackDown(home: StackHome): StackError {
  return new StackError({
    code: 'StackDown',
    what: 'The local services are not running.',
    why: `No running stack is on record in ${home.folder}.`,
    fix: 'Start them with `understudy up`.',
  })
}
