import { workerVariables } from '../../domain/schemas/worker-environment.ts'
import { StackError } from '../stack-error.ts'
import { TeacherChoice } from './stack-plan.ts'

const ofTheTeacher = ['UNDERSTUDY_TEACHER', 'GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GEMINI_BASE_URL']
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

/** The teacher that the user's shell names; null when it names none. GEMINI_API_KEY goes before GOOGLE_API_KEY. */
export function teacherOfUser(environment: NodeJS.ProcessEnv): TeacherChoice | null {
  const keySource = (['GEMINI_API_KEY', 'GOOGLE_API_KEY'] as const).find((name) => environment[name]?.trim())
  if (keySource === undefined) return null
  const choice = TeacherChoice.safeParse({
    kind: 'real',
    keySource,
    apiKey: environment[keySource]?.trim(),
    baseUrl: environment['GOOGLE_GEMINI_BASE_URL']?.trim() || null,
  })
  if (choice.success) return choice.data
  // The parser's own error stays out: it may quote the key.
  throw new StackError({
    code: 'BadConfig',
    what: 'GOOGLE_GEMINI_BASE_URL is no address.',
    why: 'Expected one such as https://host/path.',
    fix: 'Correct it, or leave it out to use the vendor’s own.',
  })
}
