import type { WorkerOptions } from '@temporalio/worker'
import type { QueueName } from '../domain/contracts/queues.ts'

/**
 * Calls a second so that never more than the allowance starts in any minute: the server lets a first burst of one second's
 * worth through, which the 61st part takes into account (measured with one partition a queue).
 */
export const callsPerSecond = (requestsPerMinute: number): number => requestsPerMinute / 61

/** What each queue's worker is allowed at the same time, with the resource that limits it. */
export function queueOptions(queue: QueueName, requestsPerMinute: number): Partial<WorkerOptions> {
  switch (queue) {
    case 'core':
      return { maxConcurrentActivityTaskExecutions: 20, maxCachedWorkflows: 200 }
    case 'gemini':
      return {
        maxConcurrentActivityTaskExecutions: 16,
        maxTaskQueueActivitiesPerSecond: callsPerSecond(requestsPerMinute),
      }
    case 'review':
      // Label Studio on SQLite: more writers only wait for each other's lock.
      return { maxConcurrentActivityTaskExecutions: 2 }
    case 'train':
      return { maxConcurrentActivityTaskExecutions: 1 }
    case 'infer':
      // The detector's own pool uses the cores; a second shard only keeps it fed.
      return { maxConcurrentActivityTaskExecutions: 2 }
  }
}
