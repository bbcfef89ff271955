import { UserError } from '../errors.ts'
import type { Output } from '../output.ts'
import { teacherInWords } from '../teacher-in-words.ts'
import type { Project } from '../project.ts'

/** The teacher that the stack's worker has. Never chosen silently. */
export function teacherOf({ settings, config }: Project, simulate: boolean) {
  const { teacher } = settings
  if (teacher === null) {
    throw new UserError({
      code: 'TeacherKeyMissing',
      what: 'There is no teacher to draft with.',
      why: 'No GEMINI_API_KEY or GOOGLE_API_KEY is set, and the stack was not started with the simulated teacher.',
      fix: 'Set a key and run `understudy up` again, or run `understudy up --simulate`.',
    })
  }
  if (simulate && teacher.endpoint !== 'simulated') {
    throw new UserError({
      code: 'BadInput',
      what: 'The stack does not run the simulated teacher.',
      why: `Its worker drafts by another way: ${teacherInWords(teacher)}.`,
      fix: 'Run `understudy down` and `understudy up --simulate`, or leave out --simulate.',
    })
  }
  if (teacher.vertex !== undefined && config.teacher.mode === 'batch') {
    throw new UserError({
      code: 'BadConfig',
      what: 'Vertex AI takes no batch jobs from here.',
      why: 'teacher.mode is batch, and GOOGLE_GENAI_USE_VERTEXAI chooses Vertex AI.',
      fix: 'Set teacher.mode to single in understudy.yaml, or use a key of the Gemini API.',
    })
  }
  return teacher
}

/** Asks before money is spent; false when the person says no. */
export async function confirmed(output: Output, signal: AbortSignal): Promise<boolean> {
  if (!output.interactive || !process.stdin.isTTY) {
    throw new UserError({
      code: 'BadInput',
      what: 'Nothing was started: this would cost money and nobody can be asked.',
      why: 'There is no terminal to ask on.',
      fix: 'Add --yes, and --limit or a budget in understudy.yaml to stay below an amount.',
    })
  }
  const { confirm } = await import('@clack/prompts')
  return (await confirm({ message: 'Start?', output: process.stderr, signal })) === true
}

export const noImages = (project: string): UserError =>
  new UserError({
    code: 'NotFound',
    what: `${project} has no images yet.`,
    why: 'A cycle drafts what was ingested.',
    fix: 'Bring a folder in with `understudy ingest DIR`.',
  })
