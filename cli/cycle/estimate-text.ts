import type { DraftEstimate } from '../../activities/compose-project.ts'
import { usd } from './progress-text.ts'

const whole = (count: number): string => count.toLocaleString('en')

/** What drafting will cost, said before anything is started. `way`: what the teacher is asked with. */
export function estimateText(estimate: DraftEstimate, way: string): string[] {
  const { teacher, images, missing, answered, drafts, calls, tokens, worstCaseUsd, budgetUsd, measuredOn } =
    estimate
  const who = teacher.simulated ? `simulated teacher (as ${teacher.model})` : `${teacher.model}, ${way}`
  const limited = drafts < missing ? `, ${whole(drafts)} of them now` : ''
  const lines = [`${whole(images)} images, ${whole(missing)} to draft${limited}. Teacher: ${who}.`]
  if (answered > 0)
    lines.push(
      `${whole(answered)} training images are answered already and need no draft (draft --all has them drafted).`,
    )
  if (calls === 0) return [...lines, 'Nothing to draft: no calls, no cost.']
  if (calls > drafts) lines.push(`Each draft takes ${whole(calls / drafts)} calls: ${whole(calls)} together.`)
  const basis =
    measuredOn === 0 ? 'assumed: nothing measured yet' : `mean of ${whole(measuredOn)} earlier calls`
  lines.push(
    `About ${whole(tokens)} tokens and ${usd(estimate.usd)} (${basis}); at most ${usd(worstCaseUsd)}.`,
  )
  if (teacher.simulated) lines.push('The tokens and the money are made up: nobody is billed.')
  else
    lines.push(
      budgetUsd === null ? 'No budget is set (budget.perCycleUsd).' : `Hard stop at ${usd(budgetUsd)}.`,
    )
  return lines
}
