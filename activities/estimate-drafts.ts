import type { DraftPick } from '../domain/contracts/activities.ts'
import { draftParts } from '../domain/draft-parts.ts'
import type { OutlineKind } from '../domain/teacher-models.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { callUsd, usualPromptTokens, usualThoughts } from '../domain/teacher-cost.ts'
import { summariseLedger } from './cost.ts'
import type { TeacherIdentity } from './roles/drafter.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { draftShapeOf, promptRecordOf, teacherPromptOf, worstCaseUsdOf } from './teacher-prompt.ts'
import { findUndrafted } from './undrafted-images.ts'

export interface DraftEstimate {
  readonly teacher: { readonly model: string; readonly simulated: boolean }
  readonly promptVersion: string
  /** Images that are used: quarantined ones are left out unless drafted before. */
  readonly images: number
  /** Without a draft under this prompt version, and in want of one. */
  readonly missing: number
  /** Without a draft and in no want of one: training images that are reviewed, or came with labels. */
  readonly answered: number
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
/** Ten boxes of 50 tokens (Gemini API, tokens). */
const assumed = { boxes: 10, tokensPerBox: 50 } as const
/**
 * Tokens of one outline: 24 points of nine tokens; a PNG of 32 by 32 in base64. How fine a model draws is its own choice: ten
 * calls later the mean of these counts.
 */
const tokensPerOutline: Readonly<Record<OutlineKind, number>> = { polygons: 24 * 9, masks: 480 }

/** Tokens that the answer to one call has when nothing was measured. */
function assumedOutput(config: ProjectConfig): number {
  const { outlines, maxOutputTokens } = teacherPromptOf(config)
  const perBox = assumed.tokensPerBox + (outlines === undefined ? 0 : tokensPerOutline[outlines])
  return Math.min(assumed.boxes * perBox, maxOutputTokens)
}

/** What drafting would cost before anything is started: nothing is written and nobody is called. */
export async function estimateDrafts(
  store: ObjectStore,
  config: ProjectConfig,
  endpoint: TeacherIdentity['endpoint'],
  wishes: { readonly limit: number | null; readonly all?: boolean; readonly pick?: DraftPick },
): Promise<DraftEstimate> {
  const { project, teacher, budget } = config
  const { limit, all = false, pick } = wishes
  const { promptVersion, text } = promptRecordOf(config, { vendor: 'gemini', endpoint })
  const { images, answered, ...undrafted } = await findUndrafted(store, { project, promptVersion, all, pick })
  const missing = undrafted.missing.length
  const drafts = limit === null ? missing : Math.min(limit, missing)
  const calls = drafts * draftParts(draftShapeOf(config)).length

  const ledger = (await summariseLedger(store, project)).byPromptVersion[promptVersion]
  const measuredOn = ledger !== undefined && ledger.calls >= fewestCalls ? ledger.calls : 0
  const mean =
    measuredOn === 0 || ledger === undefined
      ? {
          prompt: usualPromptTokens({ ...teacher, textLength: text.length }),
          output: assumedOutput(config),
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
    images,
    missing,
    answered,
    drafts,
    calls,
    tokens: Math.round(calls * (mean.prompt + mean.output + mean.thoughts)),
    usd: calls * callUsd(mean, teacher.price) * (teacher.mode === 'batch' ? teacher.batch.priceShare : 1),
    worstCaseUsd: calls * worstCaseUsdOf(config),
    budgetUsd: budget.perCycleUsd,
    measuredOn,
  }
}
