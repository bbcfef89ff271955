import { countsInWords } from '../../domain/counts-in-words.ts'
import { core, review } from '../ask.ts'
import type { Step } from './step.ts'

/** Sends the images with the most to gain a second of review back to people, each with its reason. */
export const route: Step = async (run) => {
  const { comparison, promptVersion } = run.facts
  if (comparison === undefined || promptVersion === undefined) return { note: 'nothing to route' }
  const plan = await core('Choose the worst disagreements').planRoutedBatch({
    ...run.ref,
    comparisonKey: comparison.key,
    promptVersion,
  })
  run.learn({ routed: plan })
  if (plan.batch === null) return { note: 'nothing to route' }
  const { boardUrl } = await review('Prepare the Label Studio project').prepareBoard(run.ref)
  await review(`Post batch ${plan.batch}: ${plan.images} images`).postBatch({ ...run.ref, batch: plan.batch })
  const state = run.progress().review
  run.show({ review: { ...state, boardUrl, waiting: state.waiting + plan.images } })
  return { note: `batch ${plan.batch}: ${plan.images} images back to people (${countsInWords(plan.byKind)})` }
}
