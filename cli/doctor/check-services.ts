import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { UserError } from '../errors.ts'
import { withTemporal } from '../temporal-client.ts'
import { check, skipped, type Finding } from './check.ts'

/** One real call to everything that runs. `model`: the teacher's, which is looked up. */
export async function checkServices(settings: ConnectionSettings, model: string): Promise<Finding[]> {
  const { composeChecks } = await import('../../activities/compose-checks.ts')
  const checks = composeChecks(settings, { model })
  const { teacher } = checks
  return Promise.all([
    check('temporal', () => checkTemporal(settings.temporal)),
    check('store', checks.store),
    check('label studio', checks.board),
    teacher === null
      ? skipped(
          'teacher',
          'no key is set: GEMINI_API_KEY and GOOGLE_API_KEY are empty, and no simulator runs',
        )
      : check('teacher', async () => `${await teacher()} answered (${teacherInWords(settings.teacher)})`),
  ])
}

function teacherInWords(teacher: ConnectionSettings['teacher']): string {
  if (teacher === null) return 'none'
  return teacher.endpoint === 'simulated' ? 'simulated teacher' : `key from ${teacher.keySource}`
}

async function checkTemporal(settings: ConnectionSettings['temporal']): Promise<string> {
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
