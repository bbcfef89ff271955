import { isGrpcServiceError, type Client } from '@temporalio/client'
import { AdapterError } from './errors/adapter-error.ts'

/** Activities a second that all workers of the queue together start; null: what the workers say themselves. */
export type SetQueueRate = (activitiesPerSecond: number | null) => Promise<void>

/** temporal.api.enums.v1.TaskQueueType */
const activityQueue = 2
/** gRPC status UNIMPLEMENTED, as text because its enum is of a package of the SDK's own: a server before 1.29. */
const unimplemented = '12'

/** Sets the rate of an activity queue on the server, where it counts for all its workers and survives their restarts. */
export const createQueueRate =
  ({ client, queue }: { readonly client: () => Client; readonly queue: string }): SetQueueRate =>
  async (activitiesPerSecond) => {
    const { connection, options } = client()
    try {
      await connection.workflowService.updateTaskQueueConfig({
        namespace: options.namespace,
        identity: options.identity,
        taskQueue: queue,
        taskQueueType: activityQueue,
        updateQueueRateLimit: {
          reason: 'teacher.tokensPerMinute',
          ...(activitiesPerSecond === null ? {} : { rateLimit: { requestsPerSecond: activitiesPerSecond } }),
        },
      })
    } catch (error) {
      if (!isGrpcServiceError(error) || `${error.code}` !== unimplemented) throw error
      // Where no rate can be set, none is in the way.
      if (activitiesPerSecond === null) return
      const requests = Math.floor(activitiesPerSecond * 61)
      throw new AdapterError(
        'BadConfig',
        'This Temporal server cannot change the rate of a queue (it is older than 1.29).',
        {
          retryable: false,
          hint: `Set teacher.tokensPerMinute to null and teacher.requestsPerMinute to ${Math.max(1, requests)} at most, or use a newer server.`,
        },
      )
    }
  }
