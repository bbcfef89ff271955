import type { Client } from '@temporalio/client'
import { isGrpcServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { CoreActivities, CycleProgressView } from '../domain/contracts/activities.ts'
import { cycleId } from '../domain/contracts/workflow-ids.ts'
import type { CycleProgress } from '../domain/contracts/cycle-progress.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'

export type RunningCycleActivities = Pick<CoreActivities, 'describeCycle' | 'finishWaitingReview'>

/** gRPC status NOT_FOUND: the workflow closed before the update reached it. */
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
        const config = await loadConfig(store, { project, configHash })
        const { phase, mode, cycle, review } = progress
        const readyToGoOn =
          phase === 'review' && mode === 'full' && review.accepted >= config.night.minNewReviews
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
