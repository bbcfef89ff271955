import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { composePrompts } from '../../activities/compose-prompts.ts'
import type { ProjectConfig } from '../../domain/schemas/project-config.ts'
import type { TeacherEndpoint } from '../../domain/teacher-endpoints.ts'
import { listPriceOf } from '../../domain/teacher-prices.ts'
import type { Thinking } from '../../domain/teacher-models.ts'
import { describeProblem, parseConfig } from '../config-file.ts'
import { UserError } from '../errors.ts'

/** What today's config is changed by, for one comparison. */
export interface PromptChange {
  readonly model?: string | undefined
  readonly thinking?: Thinking | undefined
  readonly instruction?: string | undefined
}

/** One of the two prompts. */
export interface PromptSide {
  readonly promptVersion: string
  readonly model: string
  readonly thinking: string
  readonly classes: readonly string[]
  /** What the person called it. */
  readonly name: string
  /** Null for a version that only the store knows: it is scored on the drafts that are there. */
  readonly config: ProjectConfig | null
}

export interface SideContext {
  /** Today's config. */
  readonly config: ProjectConfig
  readonly endpoint: TeacherEndpoint
  readonly library: ReturnType<typeof composePrompts>
}

export const hasChange = ({ model, thinking, instruction }: PromptChange): boolean =>
  model !== undefined || thinking !== undefined || instruction !== undefined

/** Today's config with other words or another model; a model of the list has its list price. */
export function changedConfig(config: ProjectConfig, change: PromptChange): ProjectConfig {
  const { teacher } = config
  const model = change.model ?? teacher.model
  const price = model === teacher.model ? teacher.price : listPriceOf(model)
  if (price === null) {
    throw new UserError({
      code: 'BadInput',
      what: `The price of ${model} is not known.`,
      why: 'It is not on the list, and a budget cannot be kept without it.',
      fix: 'Name a second config file with teacher.model and teacher.price instead of --model.',
    })
  }
  const thinking = change.thinking ?? teacher.thinking
  const instruction = change.instruction ?? teacher.instruction
  return { ...config, teacher: { ...teacher, model, price, thinking, instruction } }
}

/** The prompt of a config, under the name that a person gave it. */
export async function sideOfConfig(
  name: string,
  config: ProjectConfig,
  { endpoint }: Pick<SideContext, 'endpoint'>,
): Promise<PromptSide> {
  const { promptOf } = await import('../../activities/compose-prompts.ts')
  const { promptVersion, model, thinking, classes } = promptOf(config, endpoint)
  return { promptVersion, model, thinking, classes, name, config }
}

/**
 * `current`, a config file, or the beginning of a version's hash.
 * @throws UserError BadConfig, AdapterError NotFound
 */
export async function findSide(word: string, context: SideContext): Promise<PromptSide> {
  if (word === 'current') return sideOfConfig(word, context.config, context)
  if (/\.ya?ml$/i.test(word) || existsSync(word))
    return sideOfConfig(word, await configIn(word, context), context)
  const { promptVersion, model, thinking, classes } = await context.library.find(word)
  const current = await sideOfConfig(word, context.config, context)
  if (current.promptVersion === promptVersion) return current
  return { promptVersion, model, thinking, classes, name: word, config: null }
}

/** A second config of the same project: only its words for the teacher may differ. */
async function configIn(file: string, { config }: SideContext): Promise<ProjectConfig> {
  const path = resolve(file)
  const reading = parseConfig(await readFile(path, 'utf8'))
  if (!reading.ok) {
    throw new UserError({
      code: 'BadConfig',
      what: `${file} cannot be used.`,
      why: reading.problems.map(describeProblem).join('\n'),
      fix: `Mend ${path} and run the command again.`,
    })
  }
  if (reading.config.project === config.project) return reading.config
  throw new UserError({
    code: 'BadInput',
    what: `${file} is the config of another project.`,
    why: `It names ${reading.config.project}; this is ${config.project}.`,
    fix: 'Copy this project’s understudy.yaml and change the words for the teacher.',
  })
}
