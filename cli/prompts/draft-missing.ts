import type { DraftPick } from '../../domain/contracts/activities.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import type { HandlerContext } from '../command.ts'
import { configHashOf } from '../config-file.ts'
import { confirmed } from '../cycle/before-spending.ts'
import { usd } from '../cycle/progress-text.ts'
import { runDrafts } from '../draft/run-drafts.ts'
import type { Project } from '../project.ts'
import type { PromptSide } from './prompt-side.ts'

export interface DraftingWishes {
  readonly pick: DraftPick
  readonly simulate: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  /** A hard stop for both sides together, USD; null: what the config says. */
  readonly budgetUsd: number | null
  /** Today's prompt version: what is drafted under it is no trial. */
  readonly current: string
}

/**
 * Has the picked images drafted under each prompt that lacks them, after saying what it costs. False when nothing may be
 * started: not wanted, or only a dry run.
 */
export async function draftMissing(
  project: Project,
  sides: readonly PromptSide[],
  { pick, simulate, dryRun, yes, budgetUsd, current }: DraftingWishes,
  context: HandlerContext,
): Promise<boolean> {
  const { output, signal } = context
  const wishes = { limit: null, simulate, yes: true, pick }
  const missing: { side: PromptSide; project: Project }[] = []
  let worstCaseUsd = 0
  let isSimulated = false
  for (const side of sides) {
    if (side.config === null) continue
    const own = withConfig(project, side.config, budgetUsd)
    output.step(`${side.name} (${short(side.promptVersion)}):`)
    const { estimate } = await runDrafts(own, { ...wishes, estimateOnly: true }, context)
    if (estimate.calls === 0) continue
    missing.push({ side, project: own })
    worstCaseUsd += estimate.worstCaseUsd
    isSimulated = estimate.teacher.simulated
  }
  if (missing.length === 0) return !dryRun
  if (dryRun) return false
  if (budgetUsd !== null) output.step(`Hard stop at ${usd(Math.min(budgetUsd, worstCaseUsd))}.`)
  if (!isSimulated && !yes && !(await confirmed(output, signal))) return false
  let left = budgetUsd
  for (const { side, project: own } of missing) {
    if (left !== null && left <= 0) break
    const limited = left === null ? own : withConfig(own, own.config, left)
    const trial = side.promptVersion !== current
    const { counts } = await runDrafts(limited, { ...wishes, estimateOnly: false, trial }, quiet(context))
    if (counts !== null)
      output.step(`${side.name}: ${counts.done} drafted, ${counts.failed} failed, ${usd(counts.usd)}.`)
    if (left !== null) left -= counts?.usd ?? 0
    if (signal.aborted) return false
  }
  return true
}

/** The project under another config: what is drafted belongs to the prompt version of that one. */
function withConfig(project: Project, config: Project['config'], budgetUsd: number | null): Project {
  const perCycleUsd = lower(project.config.budget.perCycleUsd, budgetUsd)
  const own = { ...config, budget: { ...project.config.budget, perCycleUsd } }
  return { ...project, config: own, configHash: configHashOf(own) }
}

const lower = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

/** The estimate was said before. */
const quiet = (context: HandlerContext): HandlerContext => ({
  ...context,
  output: { ...context.output, step: () => {} },
})
