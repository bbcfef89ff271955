import { condition, executeChild } from '@temporalio/workflow'
import { ApplicationFailure } from '@temporalio/common'
import { trainId } from '../../domain/contracts/workflow-ids.ts'
import { core } from '../ask.ts'
import { train } from '../train.ts'
import type { Step } from './step.ts'

/** Trains, exports and registers a student, unless the registry has one for the same dataset and arguments. */
export const trainStudent: Step = async (run) => {
  const { dataset } = run.facts
  if (dataset === undefined)
    throw ApplicationFailure.nonRetryable('There is no dataset version to train on.', 'Internal')
  const { project, configHash } = run.input
  const plan = await core('Plan the training').planTraining({ ...run.ref, dataset: dataset.dataset })
  if (plan.model !== null) {
    run.learn({ model: plan.model })
    return { note: 'the registry has a model of this dataset and these arguments already' }
  }
  if (run.input.approveTraining === true) {
    run.note('train', `waits for approveTraining: ${plan.description}`)
    await condition(() => run.control.approvedBy !== null)
  }
  const workflowId = trainId(project, plan.trainKey)
  run.show({ training: { workflowId, description: plan.description } })
  run.note('train', plan.description)
  const { model, seconds } = await executeChild(train, {
    workflowId,
    staticSummary: `${project}: ${plan.description}`,
    args: [
      {
        v: 1,
        project,
        configHash,
        cycle: run.ref.cycle,
        dataset: dataset.dataset,
        trainKey: plan.trainKey,
        description: plan.description,
      },
    ],
  })
  run.learn({ model })
  run.show({ training: null })
  return { note: `${plan.description}; took ${Math.round(seconds)} s` }
}
