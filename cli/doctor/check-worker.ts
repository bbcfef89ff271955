import type { QueueName } from '../../domain/contracts/queues.ts'
import { ProjectConfig } from '../../domain/schemas/project-config.ts'
import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { check, skipped, type Finding } from './check.ts'
import { checkTemporal } from './check-services.ts'

/** One real call to each part that a worker of these queues needs on its host. */
export async function checkWorkerHost(
  settings: ConnectionSettings,
  queues: readonly QueueName[],
): Promise<Finding[]> {
  const { checkDetector, checkTrainer, composeChecks } = await import('../../activities/compose-checks.ts')
  const { model } = ProjectConfig.shape.teacher.parse({})
  const checks = composeChecks(settings, { model })
  const { teacher } = checks
  const needed = (queue: QueueName, part: string, look: () => Promise<string>): Promise<Finding>[] =>
    queues.includes(queue) ? [check(part, look)] : []
  return Promise.all([
    check('temporal', () => checkTemporal(settings.temporal)),
    check('store', checks.store),
    ...needed('review', 'label studio', checks.board),
    ...(teacher === null
      ? queues.includes('gemini')
        ? [Promise.resolve(skipped('teacher', 'no key is set: drafts will fail'))]
        : []
      : needed('gemini', 'teacher', teacher)),
    ...needed('train', 'trainer', async () => `ultralytics ${await checkTrainer(settings.trainer)}`),
    ...needed('infer', 'detector', checkDetector),
  ])
}
