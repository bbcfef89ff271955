import { executeChild } from '@temporalio/workflow'
import { ApplicationFailure } from '@temporalio/common'
import type { ComparisonSummary, PredictionPlan } from '../../domain/contracts/activities.ts'
import { compareId, short } from '../../domain/contracts/workflow-ids.ts'
import type { CompareInput } from '../../domain/contracts/workflow-inputs.ts'
import { core } from '../ask.ts'
import { compare } from '../compare.ts'
import type { CycleRun } from '../cycle-run.ts'

/** The images of a pool as a manifest; the dataset decides which are held out and which the model has not learnt from. */
export function planPool(
  run: CycleRun,
  model: string,
  pool: 'held-out' | 'unlearnt',
): Promise<PredictionPlan> {
  const { dataset } = run.facts
  if (dataset === undefined) throw ApplicationFailure.nonRetryable('There is no dataset version.', 'Internal')
  const { promptVersion = null } = run.facts
  return core(`List ${pool} images`).planPredictions({
    ...run.ref,
    model,
    dataset: dataset.dataset,
    pool,
    promptVersion,
  })
}

/** Runs a model over a planned pool in a child workflow of its own. */
export function predict(
  run: CycleRun,
  model: string,
  plan: PredictionPlan,
  against: CompareInput['against'],
): Promise<ComparisonSummary | null> {
  const { project, configHash } = run.input
  const { cycle } = run.ref
  return executeChild(compare, {
    workflowId: compareId(project, model, plan.manifest),
    staticSummary: `${project}: ${plan.images} images with model ${short(model)}`,
    args: [
      { v: 1, project, configHash, cycle, model, manifest: plan.manifest, shards: plan.shards, against },
    ],
  })
}
