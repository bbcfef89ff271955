import { workerVariables } from '../../domain/schemas/worker-environment.ts'
import {
  lacksVertexAccess,
  teacherOfVariables,
  teacherVariables,
} from '../../domain/schemas/teacher-settings.ts'
import { StackError } from '../stack-error.ts'
import type { TeacherChoice } from './stack-plan.ts'

const ofTheTeacher: readonly string[] = ['UNDERSTUDY_TEACHER', ...teacherVariables.keyof().options]
const ofTheStack = ['UNDERSTUDY_HOME', 'UNDERSTUDY_READY_FILE', 'UNDERSTUDY_GEMINI_RPM']
const overridable = workerVariables
  .keyof()
  .options.filter((name) => !ofTheTeacher.includes(name) && !ofTheStack.includes(name))

/** Variables of the user's shell that take the place of the local stack's own, for commands and worker alike. */
export function userOverrides(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    overridable.flatMap((name) => {
      const value = environment[name]?.trim() ?? ''
      return value === '' ? [] : [[name, value] as const]
    }),
  )
}

/** The teacher that the user's shell names; null when it names none: `domain/schemas/teacher-settings.ts`. */
export function teacherOfUser(environment: NodeJS.ProcessEnv): TeacherChoice | null {
  const given = teacherVariables.keyof().options.flatMap((name) => {
    const value = environment[name]?.trim() ?? ''
    return value === '' ? [] : [[name, value] as const]
  })
  const variables = teacherVariables.safeParse(Object.fromEntries(given))
  if (!variables.success) {
    // The parser's own error stays out: it may quote the key.
    const named = [...new Set(variables.error.issues.map(({ path }) => path.join('.')))].join(', ')
    throw new StackError({
      code: 'BadConfig',
      what: `${named} is no address.`,
      why: 'Expected one such as https://host/path.',
      fix: 'Correct it, or leave it out to use the vendor’s own.',
    })
  }
  if (lacksVertexAccess(variables.data)) {
    throw new StackError({
      code: 'BadConfig',
      what: 'Vertex AI is wished for, and nothing says how to get in.',
      why: 'GOOGLE_GENAI_USE_VERTEXAI is true; GOOGLE_CLOUD_PROJECT and GOOGLE_API_KEY are empty.',
      fix: 'Set GOOGLE_CLOUD_PROJECT (and log in with gcloud), or GOOGLE_API_KEY for express mode.',
    })
  }
  const teacher = teacherOfVariables(variables.data)
  return teacher === null ? null : { kind: 'real', teacher }
}
