import type { StoredPrompt } from '../../activities/compose-prompts.ts'
import type { HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'

export interface PromptView {
  readonly promptVersion: string
  /** True for what today's config and teacher ask. */
  readonly current: boolean
  /** True: only tried out by a comparison. */
  readonly trial: boolean
  readonly endpoint: string
  readonly model: string
  readonly thinking: string
  readonly instruction: string
  readonly classes: readonly {
    readonly name: string
    readonly description: string
    readonly prompt?: string
  }[]
  readonly imageSize: number
  readonly tiles: number
  readonly samples: number
  readonly drafts: number
  readonly calls: number
  readonly tokens: number
  readonly usd: number
  readonly simulatedUsd: number
  readonly firstDay: string | null
  readonly lastDay: string | null
}

export interface PromptList {
  readonly project: string
  /** Null when no teacher is set up: what today's config asks cannot be told apart then. */
  readonly current: string | null
  readonly prompts: readonly PromptView[]
}

/** Every prompt version in the store, the newest first, and which of them today's config asks. */
export async function listPromptVersions({ folder }: HandlerContext): Promise<PromptList> {
  const { name, config, settings } = await openProject(folder)
  const { composePrompts, promptOf } = await import('../../activities/compose-prompts.ts')
  const { teacher } = settings
  const current = teacher === null ? null : promptOf(config, teacher.endpoint).promptVersion
  const stored = await composePrompts(settings.store, name).list()
  return { project: name, current, prompts: stored.map((prompt) => viewOf(prompt, current)) }
}

function viewOf({ record, drafts, trial, ...bill }: StoredPrompt, current: string | null): PromptView {
  const { promptVersion, endpoint, model, thinking, instruction = '', described, classes, imageSize } = record
  const { tiles = 1, samples = 1 } = record
  return {
    promptVersion,
    current: promptVersion === current,
    trial,
    endpoint,
    model,
    thinking,
    instruction,
    classes:
      described?.map(({ prompt, ...words }) => ({
        ...words,
        ...(prompt === undefined ? {} : { prompt }),
      })) ??
      classes.map((name) => ({
        name,
        description: '',
      })),
    imageSize,
    tiles,
    samples,
    drafts,
    ...bill,
  }
}
