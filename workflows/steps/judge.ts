import { ApplicationFailure } from '@temporalio/common'
import { core } from '../ask.ts'
import { predict } from './predict.ts'
import type { Step } from './step.ts'

/** The gate: the challenger replaces the champion only when it is not worse on the same frozen images. */
export const judge: Step = async (run) => {
  const { model, dataset, heldOut } = run.facts
  if (model === undefined || dataset === undefined || heldOut === undefined) {
    throw ApplicationFailure.nonRetryable('There is no evaluated model to judge.', 'Internal')
  }
  const champion = await core('Read the champion').readChampion(run.ref)
  if (champion.model !== null && champion.model !== model) await predict(run, champion.model, heldOut, null)
  const gate = await core('Judge the challenger').judgeChallenger({
    ...run.ref,
    model,
    dataset: dataset.dataset,
    manifest: heldOut.manifest,
  })
  run.learn({ gate })
  return { note: gate.words }
}
