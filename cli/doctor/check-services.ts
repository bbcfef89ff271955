import { queueNames, taskQueue } from '../../domain/contracts/queues.ts'
import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { UserError } from '../errors.ts'
import { teacherInWords } from '../teacher-in-words.ts'
import { withTemporal } from '../temporal-client.ts'
import { check, skipped, type Finding } from './check.ts'

/** That what `up` started still runs and is watched over. Services elsewhere are asked one by one. */
export async function checkLocalServices(folder: string): Promise<string> {
  const { homeOf } = await import('../../infra/stack/home.ts')
  const { readStackStatus } = await import('../../infra/stack/status.ts')
  const { status, healthy, services } = await readStackStatus(homeOf(folder))
  if (status === 'never-started' || status === 'down') return 'addresses and credentials are known'
  const names = services.map(({ name }) => name).join(', ')
  if (healthy) return `${names}: they run and are watched over`
  const troubles = services.flatMap(({ name, state }) => (state === 'ready' ? [] : [`${name} is ${state}`]))
  throw new UserError({
    code: 'StackDown',
    what: status === 'up' ? 'Not every service runs.' : `The stack is ${status}.`,
    why: troubles.length === 0 ? '' : `${troubles.join(', ')}.`,
    fix: 'Run `understudy up`, which takes over what still runs; `understudy logs SERVICE` says why one ended.',
  })
}

/** One real call to everything that runs. `model`: the teacher's, which is looked up. */
export async function checkServices(settings: ConnectionSettings, model: string): Promise<Finding[]> {
  const { composeChecks } = await import('../../activities/compose-checks.ts')
  const checks = composeChecks(settings, { model })
  const { teacher: ask } = checks
  return Promise.all([
    check('temporal', () => checkTemporal(settings.temporal)),
    check('worker', () => checkWorker(settings)),
    check('store', checks.store),
    check('label studio', checks.board),
    ask === null || settings.teacher === null
      ? skipped(
          'teacher',
          'no key is set: GEMINI_API_KEY and GOOGLE_API_KEY are empty, and no simulator runs',
        )
      : checkTeacher(ask, settings.teacher),
  ])
}

/** Says which way it was asked, also when it does not answer: then that is the first thing to know. */
async function checkTeacher(
  ask: () => Promise<string>,
  teacher: NonNullable<ConnectionSettings['teacher']>,
): Promise<Finding> {
  const way = teacherInWords(teacher)
  const finding = await check('teacher', ask)
  const { found } = finding
  return { ...finding, found: finding.state === 'ok' ? `${found} answered (${way})` : `${found} (${way})` }
}

/** The namespace can be reached and has what the loop needs of it. */
export async function checkTemporal(settings: ConnectionSettings['temporal']): Promise<string> {
  const { missingSearchAttributes, retentionDays, retentionSeconds } =
    await import('../../infra/stack/services/temporal-namespace.ts')
  return withTemporal(settings, async ({ connection, options: { namespace } }) => {
    const missing = await missingSearchAttributes(connection, namespace)
    if (missing.length > 0) {
      throw new UserError({
        code: 'BadConfig',
        what: `The namespace ${namespace} lacks search attributes.`,
        why: `Missing: ${missing.map(([name, type]) => `${name} (${type})`).join(', ')}.`,
        fix: `Run \`understudy up\` for the local server; on another one, for each: temporal operator search-attribute create --namespace ${namespace} --name NAME --type TYPE`,
      })
    }
    const days = (await retentionSeconds(connection, namespace)) / 86_400
    if (days < retentionDays) {
      throw new UserError({
        code: 'BadConfig',
        what: `The namespace ${namespace} forgets closed workflows too soon.`,
        why: `It keeps them ${days} days, expected at least ${retentionDays}.`,
        fix: `Run \`understudy up\` for the local server; on another one: temporal operator namespace update --retention ${retentionDays * 24}h -n ${namespace}`,
      })
    }
    return `namespace ${namespace}, search attributes, closed workflows kept ${days} days`
  })
}

/** `TASK_QUEUE_TYPE_ACTIVITY` of Temporal's API. */
const taskQueueTypeActivity = 2
/** A poll waits up to a minute for work, and then comes back: who was not heard of for longer has gone. */
const silenceMs = 90_000

/** That somebody takes work from every queue. A worker that was killed counts as there for up to `silenceMs`. */
async function checkWorker({ temporal, queuePrefix }: ConnectionSettings): Promise<string> {
  return withTemporal(temporal, async ({ connection, options: { namespace } }) => {
    const idle: string[] = []
    for (const queue of queueNames) {
      const { pollers } = await connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: taskQueue(queue, queuePrefix) },
        taskQueueType: taskQueueTypeActivity,
      })
      const heard = (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000)
      if (!heard.some((time) => Date.now() - time < silenceMs)) idle.push(queue)
    }
    if (idle.length === 0) return `takes work from ${queueNames.join(', ')}`
    throw new UserError({
      code: 'StackDown',
      what: `Nobody takes work from ${idle.join(', ')}.`,
      why: 'What is put there waits.',
      fix: 'Run `understudy up`, or start the worker on its host; `understudy logs worker` says why it ended.',
    })
  })
}
