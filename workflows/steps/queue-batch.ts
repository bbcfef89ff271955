import { core, review } from '../ask.ts'
import { countsInWords } from '../../domain/counts-in-words.ts'
import type { Step } from './step.ts'

/** Chooses what people should look at first, held-out images above all, and puts it on the board. */
export const queueBatch: Step = async (run) => {
  const { promptVersion } = run.facts
  if (promptVersion === undefined) return { note: 'no drafts' }
  const plan = await core('Choose images for review').planFirstBatch({ ...run.ref, promptVersion })
  const { boardUrl } = await review('Prepare the Label Studio project').prepareBoard(run.ref)
  run.show({ review: { ...run.progress().review, boardUrl } })
  if (plan.batch === null) return { note: 'nothing new to queue' }
  const { posted } = await review(`Post batch ${plan.batch}: ${plan.images} images`).postBatch({
    ...run.ref,
    batch: plan.batch,
  })
  return {
    note: `batch ${plan.batch}: ${plan.images} images (${countsInWords(plan.byKind)}), ${posted} posted`,
  }
}
