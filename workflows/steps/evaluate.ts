import { ApplicationFailure } from '@temporalio/common'
import { core } from '../ask.ts'
import { planPool, predict } from './predict.ts'
import type { Step } from './step.ts'

/** Student and teacher on the same reviewed held-out images. */
export const evaluate: Step = async (run) => {
  const { model, dataset, promptVersion } = run.facts
  if (model === undefined || dataset === undefined) {
    throw ApplicationFailure.nonRetryable('There is no model to evaluate.', 'Internal')
  }
  const heldOut = await planPool(run, model, 'held-out')
  await predict(run, model, heldOut, null)
  const evaluation = await core('Score student and teacher').evaluateModel({
    ...run.ref,
    model,
    dataset: dataset.dataset,
    manifest: heldOut.manifest,
    promptVersion: promptVersion ?? null,
  })
  run.learn({ heldOut, evaluation })
  const teacher =
    evaluation.teacherF1 === null ? 'no teacher drafts' : `teacher ${evaluation.teacherF1.toFixed(3)}`
  const masks =
    typeof evaluation.studentMaskMap50 === 'number'
      ? ` (masks ${evaluation.studentMaskMap50.toFixed(3)})`
      : ''
  return {
    note: `F1 at IoU 0.5: student ${evaluation.studentF1.toFixed(3)}, ${teacher}; student mAP50 ${evaluation.studentMap50.toFixed(3)}${masks} on ${evaluation.images} test images`,
  }
}
