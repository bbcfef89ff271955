import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { action } from '../command.ts'
import { configFileName, describeProblem, parseConfig } from '../config-file.ts'
import { configTemplate } from '../config-template.ts'
import { tasks } from '../../domain/contracts/tasks.ts'
import { UserError } from '../errors.ts'

const options = z.object({
  yes: z.boolean().default(false),
  project: z.string().optional(),
  task: z.enum(tasks).default('detect'),
  classes: z
    .string()
    .transform((list) => splitNames(list))
    .optional(),
})

interface InitResult {
  readonly path: string
  readonly project: string
  readonly classes: readonly string[]
}

/** `init`: writes a commented understudy.yaml, asking for what the options leave open. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .description('start a project: write a commented understudy.yaml')
    .option('-y, --yes', 'ask nothing; --project and --classes must be given')
    .option('--project <name>', '3 to 40 lower-case letters, digits or -')
    .option('--classes <names>', 'what to detect, separated by commas')
    .option('--task <task>', 'detect: boxes (default); segment: with the outline of each object')
    .addHelpText('after', '\nExample:\n  understudy init --yes --project street --classes car,bicycle,person')
    .action(
      action({
        options,
        handler: async (given, { folder, output, signal }): Promise<InitResult> => {
          const asking = !given.yes && output.interactive && process.stdin.isTTY
          const answers = asking ? await askFor(given, folder, signal) : given
          const project = answers.project ?? fail('--project')
          const classes = answers.classes ?? fail('--classes')
          return writeConfig(folder, { project, classes, task: given.task })
        },
        render: ({ path, project, classes }) =>
          [
            `Wrote ${path}: project ${project}, ${classes.length} ${classes.length === 1 ? 'class' : 'classes'}.`,
            'Next: describe each class in it, then `understudy up` and `understudy ingest DIR`.',
          ].join('\n'),
      }),
    )
}

/**
 * Writes understudy.yaml into `folder`.
 * @throws UserError BadInput when a file is there already or a name is not allowed
 */
export async function writeConfig(
  folder: string,
  given: Parameters<typeof configTemplate>[0],
): Promise<InitResult> {
  const { project, classes } = given
  const text = configTemplate(given)
  const reading = parseConfig(text)
  if (!reading.ok) {
    throw new UserError({
      code: 'BadInput',
      what: 'The project cannot be named or described like that.',
      why: reading.problems.map((problem) => describeProblem(problem).replace(/^\S+\s+/, '')).join('\n'),
      fix: 'Choose other values for --project and --classes.',
    })
  }
  const path = join(folder, configFileName)
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (cause) {
    if (!isTaken(cause)) throw cause
    throw new UserError({
      code: 'BadInput',
      what: `${path} exists already.`,
      why: 'A project is never overwritten.',
      fix: 'Edit it, or name another folder with --folder.',
      cause,
    })
  }
  return { path, project, classes }
}

async function askFor(
  given: z.infer<typeof options>,
  folder: string,
  signal: AbortSignal,
): Promise<{ project: string; classes: string[] }> {
  const { isCancel, text } = await import('@clack/prompts')
  const ask = async (message: string, initialValue: string): Promise<string> => {
    const answer = await text({
      message,
      initialValue,
      signal,
      output: process.stderr,
      validate: (value) => (value?.trim() ? undefined : 'Something is needed here.'),
    })
    if (!isCancel(answer)) return answer
    throw new UserError({
      code: 'Interrupted',
      what: 'Nothing was written.',
      why: 'You left the questions.',
      fix: '',
    })
  }
  const project = given.project ?? (await ask('Name of the project', suggestedName(folder)))
  const classes = given.classes ?? splitNames(await ask('What should be detected? Separate by commas', ''))
  return { project, classes }
}

const splitNames = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')

const suggestedName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)

function fail(option: string): never {
  throw new UserError({
    code: 'BadInput',
    what: `${option} is missing.`,
    why: 'Without questions (--yes, or no terminal) everything must be given.',
    fix: 'understudy init --yes --project NAME --classes A,B,C',
  })
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EEXIST'
