import { CancellationScope, isCancellation, setCurrentDetails, sleep } from '@temporalio/workflow'
import type { DraftBatchSight } from '../domain/contracts/activities.ts'
import type { DraftChunkInput } from '../domain/contracts/workflow-inputs.ts'
import { batches } from './ask.ts'
import { failureCode } from './failure-code.ts'
import { batchPoll } from './policies.ts'

/**
 * Hands a chunk in as batch jobs and waits for them, looking seldom. What is not done by the deadline, or cannot be handed
 * in at all, is told as `left`. A cancelled workflow cancels its jobs: nobody pays for answers that nobody reads.
 */
export async function draftInBatches(
  input: DraftChunkInput & { readonly batch: NonNullable<DraftChunkInput['batch']> },
): Promise<DraftBatchSight> {
  const { project, configHash, cycle, promptVersion, chunk, maxCalls, batch } = input
  const ref = { project, configHash, cycle, promptVersion, chunk }
  const end = async (): Promise<DraftBatchSight> => batches('End the batch jobs').endDraftBatches(ref)
  try {
    if (!(await submitted({ ...ref, maxCalls }))) return await end()
    const deadline = Date.now() + batch.deadlineHours * 3_600_000
    const { first, most } = batch.pollSeconds ?? batchPoll
    for (let seconds = first; ; seconds = Math.min(most, seconds * batchPoll.growth)) {
      const sight = await batches('Look at the batch jobs').lookAtDraftBatches(ref)
      if (sight.running === 0) return sight
      if (Date.now() >= deadline) return await end()
      setCurrentDetails(`Waits for ${sight.running} batch ${sight.running === 1 ? 'job' : 'jobs'} of Gemini.`)
      await sleep(seconds * 1000)
    }
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(end)
    throw error
  }
}

/** False when Gemini does not take the jobs: single calls then say why, or do it. */
async function submitted(
  ref: Parameters<ReturnType<typeof batches>['submitDraftBatches']>[0],
): Promise<boolean> {
  try {
    const { jobs } = await batches(`Hand in part ${ref.chunk} as batch jobs`).submitDraftBatches(ref)
    return jobs > 0
  } catch (error) {
    // A day's quota is waited for by the chunk: single calls would meet the same one, at twice the price.
    if (isCancellation(error) || failureCode(error) === 'TeacherQuotaExhausted') throw error
    setCurrentDetails(`No batch job: ${failureCode(error) ?? 'Internal'}. Asks one by one.`)
    return false
  }
}
