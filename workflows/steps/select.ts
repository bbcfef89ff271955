import { core } from '../ask.ts'
import type { Step } from './step.ts'

/** Lists what has no draft yet under the prompt version of today's config and teacher. */
export const select: Step = async (run) => {
  const { limit, draftAll, pick, trial } = run.input
  const plan = await core('List images without a draft').planDrafts({
    ...run.ref,
    limit,
    ...(draftAll === true ? { all: true } : {}),
    ...(pick && { pick }),
    ...(trial && { trial }),
  })
  run.learn({ promptVersion: plan.promptVersion, draftPlan: plan })
  const { drafting } = run.progress()
  run.show({
    simulated: plan.simulated,
    drafting: { ...drafting, total: plan.missing, budgetUsd: plan.budgetUsd },
  })
  const answered = plan.answered === undefined ? '' : `, ${plan.answered} answered and in no need of a draft`
  return {
    note: `${plan.images} images, ${plan.alreadyDrafted} drafted before, ${plan.missing} to draft${answered}`,
  }
}
