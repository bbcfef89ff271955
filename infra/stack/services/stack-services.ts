import { cacheFolderOf } from '../../toolchain/cache-paths.ts'
import type { StackHome } from '../home.ts'
import { localSettings } from '../local-settings.ts'
import type { StackSecrets } from '../secrets.ts'
import type { StackPlan } from '../stack-plan.ts'
import type { ServiceName } from '../stack-state.ts'
import { workerEnvironment } from '../worker-environment.ts'
import { labelStudioService } from './label-studio.ts'
import { minioService } from './minio.ts'
import type { Service } from './service.ts'
import { simulatorService } from './simulator.ts'
import { temporalService } from './temporal.ts'
import { workerService } from './worker.ts'

/** The services of a plan, in the order in which they are told of. */
export function stackServices(plan: StackPlan, home: StackHome, secrets: StackSecrets): Service[] {
  return [
    temporalService(home, plan),
    minioService(home, plan, secrets),
    labelStudioService(home, plan, secrets),
    ...teacherAndWorker(plan, home, secrets),
  ]
}

/** Those that depend on what can change while the rest runs. */
export function teacherAndWorker(plan: StackPlan, home: StackHome, secrets: StackSecrets): Service[] {
  const { teacher, ports } = plan
  const simulator =
    teacher.kind === 'simulated' ? [simulatorService(home, ports.simulator, teacher.truth)] : []
  return plan.worker ? [...simulator, workerOf(plan, home, secrets)] : simulator
}

function workerOf(plan: StackPlan, home: StackHome, secrets: StackSecrets): Service {
  const needs: ServiceName[] = ['temporal', 'minio', 'label-studio']
  if (plan.teacher.kind === 'simulated') needs.push('simulator')
  const variables = workerEnvironment(localSettings(home, plan, secrets, plan.teacher), {
    home: home.folder,
    requestsPerMinute: plan.requestsPerMinute,
    readyFile: home.workerReadyFile,
  })
  return workerService(home, needs, {
    UNDERSTUDY_CACHE: cacheFolderOf(process.env),
    ...variables,
    ...plan.overrides,
  })
}
