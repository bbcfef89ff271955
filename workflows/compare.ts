import type { ComparisonSummary } from '../domain/contracts/activities.ts'
import { short } from '../domain/contracts/workflow-ids.ts'
import type { CompareInput } from '../domain/contracts/workflow-inputs.ts'
import { core, infer } from './ask.ts'

/** Shards predicted at the same time: one worker's pool is busy with one; a second keeps it fed. */
const shardsInFlight = 2

/** Runs a model over a manifest of images, shard by shard, and names every difference to the teacher when asked to. */
export async function compare(input: CompareInput): Promise<ComparisonSummary | null> {
  const { project, configHash, cycle, model, manifest, shards, against } = input
  const ref = { project, configHash, cycle, model, manifest }
  const queue = Array.from({ length: shards }, (_, shard) => shard)
  const work = async (): Promise<void> => {
    for (let shard = queue.shift(); shard !== undefined; shard = queue.shift()) {
      await infer(`Predict with ${short(model)}, part ${shard + 1} of ${shards}`).predictShard({
        ...ref,
        shard,
      })
    }
  }
  await Promise.all(Array.from({ length: shardsInFlight }, work))
  if (against === null) return null
  return core('Name the differences between teacher and student').findDisagreements({ ...ref, ...against })
}
