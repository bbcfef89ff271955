import { draftParts } from '../domain/draft-parts.ts'
import { imageTokensOf } from '../domain/teacher-models.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { callUsd, usualThoughts } from '../domain/teacher-cost.ts'
import { summariseLedger } from './cost.ts'
import { recordsWithout } from './plan-drafts.ts'
import type { TeacherIdentity } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { draftedImages } from './store/drafts.ts'
import { draftShapeOf, promptRecordOf, worstCaseUsdOf } from './teacher-prompt.ts'

export interface DraftEstimate {
  readonly teacher: { readonly model: string; readonly simulated: boolean }
  readonly promptVersion: string
  /** Images that are used: quarantined ones are left out unless drafted before. */
  readonly images: number
  /** Without a draft under this prompt version. */
  readonly missing: number
  /** Images that would be drafted: the missing ones, or the limit. */
  readonly drafts: number
  /** Calls that would be made for them. */
  readonly calls: number
  /** Of all calls together: the mean of earlier calls, else an assumption. */
  readonly tokens: number
  readonly usd: number
  /** If every call used up all its output tokens, USD. */
  readonly worstCaseUsd: number
  /** A hard stop for the cycle, USD; null: none. */
  readonly budgetUsd: number | null
  /** Earlier calls of this prompt version that the mean rests on; 0: assumed. */
  readonly measuredOn: number
}

const fewestCalls = 10
/** Four letters a token, and ten objects: a box of 50 tokens each (Gemini API, tokens), an outline of two dozen corners 200 more. */
const assumed = { lettersPerToken: 4, output: { detect: 500, segment: 2500 } } as const

/** What drafting would cost before anything is started: nothing is written and nobody is called. */
export async function estimateDrafts(
  store: ObjectStore,
  config: ProjectConfig,
  endpoint: TeacherIdentity['endpoint'],
  limit: number | null,
): Promise<DraftEstimate> {
  const { project, teacher, budget } = config
  const { promptVersion, text } = promptRecordOf(config, { vendor: 'gemini', endpoint })
  const drafted = await draftedImages(store, { project, promptVersion })
  let missing = 0
  for await (const { split } of recordsWithout(store, project, drafted))
    missing += split === 'quarantined' ? 0 : 1
  const drafts = limit === null ? missing : Math.min(limit, missing)
  const calls = drafts * draftParts(draftShapeOf(config)).length

  const ledger = (await summariseLedger(store, project)).byPromptVersion[promptVersion]
  const measuredOn = ledger !== undefined && ledger.calls >= fewestCalls ? ledger.calls : 0
  const mean =
    measuredOn === 0 || ledger === undefined
      ? {
          prompt:
            imageTokensOf(teacher.model, teacher.mediaResolution, teacher.imageSize) +
            Math.ceil(text.length / assumed.lettersPerToken),
          output: assumed.output[config.task],
          thoughts: usualThoughts[teacher.thinking],
        }
      : {
          prompt: ledger.tokens.prompt / measuredOn,
          output: ledger.tokens.output / measuredOn,
          thoughts: ledger.tokens.thoughts / measuredOn,
        }
  return {
    teacher: { model: teacher.model, simulated: endpoint === 'simulated' },
    promptVersion,
    images: drafted.size + missing,
    missing,
    drafts,
    calls,
    tokens: Math.round(calls * (mean.prompt + mean.output + mean.thoughts)),
    usd: calls * callUsd(mean, teacher.price) * (teacher.mode === 'batch' ? teacher.batch.priceShare : 1),
    worstCaseUsd: calls * worstCaseUsdOf(config),
    budgetUsd: budget.perCycleUsd,
    measuredOn,
  }
}
