import { core } from '../ask.ts'
import { failureCode } from '../failure-code.ts'
import type { Step, StepEnd } from './step.ts'

/** Freezes what is reviewed into an immutable dataset version. A night without enough that is new ends here, and says so. */
export const buildDataset: Step = async (run): Promise<StepEnd> => {
  const { minNewReviews } = run.settings
  try {
    const dataset = await core('Build the dataset version').buildDataset(run.ref)
    run.learn({ dataset })
    const parts = `${dataset.train} train, ${dataset.val} val, ${dataset.test} test`
    if (run.input.mode === 'nightly' && dataset.newSinceChampion < minNewReviews) {
      const note = `nothing new enough: ${dataset.newSinceChampion} new reviewed training images, ${minNewReviews} make a night train`
      return { note, outcome: 'nothing-new' }
    }
    const drafts = dataset.unreviewed ? `, ${dataset.unreviewed} of them unreviewed drafts` : ''
    return { note: `${parts}${drafts}, ${dataset.boxes} boxes, ${dataset.newSinceChampion} new for training` }
  } catch (error) {
    if (failureCode(error) !== 'NoReviewedImages') throw error
    return { note: 'no reviewed training image yet', outcome: 'nothing-reviewed' }
  }
}
