import type { Client } from '@temporalio/client'
import { isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { CoreActivities, CycleProgressView, ProjectRef } from '../domain/contracts/activities.ts'
import { cycleId } from '../domain/contracts/workflow-ids.ts'
import type { CycleProgress } from '../domain/contracts/cycle-progress.ts'
import { reviewedImages } from './dataset-lines.ts'
import { countNewSinceChampion } from './new-since-champion.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'

export type RunningCycleActivities = Pick<CoreActivities, 'describeCycle' | 'finishWaitingReview'>

/** gRPC status NOT_FOUND: the workflow closed before the update reached it. As text, because its enum is of a package of the SDK's own. */
const notFound = '5'

const idle: CycleProgressView = { running: false, phase: null, mode: null, cycle: null, readyToGoOn: false }

/** Looks at a running cycle and talks to it: a workflow can signal another one, but only a client can send an update. */
export function createRunningCycleActivities({
  store,
  client,
}: {
  readonly store: ObjectStore
  readonly client: () => Client
}): RunningCycleActivities {
  return {
    async describeCycle({ project, configHash }) {
      const handle = client().workflow.getHandle(cycleId(project))
      try {
        const { status } = await handle.describe()
        if (status.name !== 'RUNNING') return idle
        const progress = await handle.query<CycleProgress>('progress')
        const { phase, mode, cycle } = progress
        const waits = phase === 'review' && mode === 'full'
        const readyToGoOn = waits && (await isTrainingWorthIt(store, { project, configHash }))
        return { running: true, phase, mode, cycle, readyToGoOn }
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return idle
        throw error
      }
    },

    async finishWaitingReview({ project, reason }) {
      try {
        await client()
          .workflow.getHandle(cycleId(project))
          .executeUpdate('finishReview', { args: [{ reason }] })
        return { taken: true }
      } catch (error) {
        // The cycle went on or ended in the meantime: what the night wanted has happened.
        if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowNotFoundError)
          return { taken: false }
        if (isGrpcServiceError(error) && `${error.code}` === notFound) return { taken: false }
        throw error
      }
    },
  }
}

/** Counts what is new, as a night's own training does: what earlier cycles learnt from stays accepted for ever. */
async function isTrainingWorthIt(store: ObjectStore, ref: ProjectRef): Promise<boolean> {
  const { classes, night } = await loadConfig(store, ref)
  const names = classes.map(({ name }) => name)
  const { lines } = await reviewedImages(store, ref.project, names)
  return (await countNewSinceChampion(store, ref.project, lines)) >= night.minNewReviews
}
