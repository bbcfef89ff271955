import { spawn } from 'node:child_process'
import { closeSync } from 'node:fs'
import { StackError } from '../stack-error.ts'
import type { StackHome } from './home.ts'
import { childEnvironment } from './process/child-environment.ts'
import { identify, type ProcessIdentity } from './process/process-identity.ts'
import { programFile, type StackPlan } from './stack-plan.ts'
import { openLog } from './supervisor/spawn-service.ts'

/**
 * Starts the supervisor as a process of its own and hands it the plan over a pipe. It outlives this process; its
 * environment is the worker's allow-list, so no key is in it.
 */
export async function startSupervisor(
  home: StackHome,
  plan: StackPlan,
  environment: NodeJS.ProcessEnv,
): Promise<ProcessIdentity> {
  const log = openLog(home.log('supervisor'))
  const child = spawn(process.execPath, [programFile('infra/stack/supervisor/main.ts'), home.folder], {
    cwd: home.folder,
    env: childEnvironment(environment, {}, 'worker'),
    detached: true,
    stdio: ['pipe', log, log],
  })
  closeSync(log)
  const identity = child.pid === undefined ? null : identify(child.pid)
  if (identity === null || child.stdin === null) throw notStarted()
  const { stdin } = child
  await new Promise<void>((resolve, reject) => {
    stdin.once('error', () => reject(notStarted()))
    stdin.end(JSON.stringify(plan), resolve)
  })
  child.unref()
  return identity
}

function notStarted(): StackError {
  return new StackError({
    code: 'StackDown',
    what: 'The supervisor of the local services could not be started.',
    why: 'Its process ended before it had read its plan.',
    fix: 'Check the free memory and the limit on processes, then run `understudy up` again.',
  })
}
