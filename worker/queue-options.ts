import type { WorkerOptions } from '@temporalio/worker'
import type { QueueName } from '../domain/contracts/queues.ts'
import { callsPerSecond } from '../domain/teacher-pace.ts'

/** What each queue's worker is allowed at the same time, with the resource that limits it. */
export function queueOptions(queue: QueueName, requestsPerMinute: number): Partial<WorkerOptions> {
  switch (queue) {
    case 'core':
      return { maxConcurrentActivityTaskExecutions: 20, maxCachedWorkflows: 200 }
    case 'gemini':
      return {
        maxConcurrentActivityTaskExecutions: 16,
        // A limit on tokens a minute lowers it on the server (activities/teacher-pace.ts).
        maxTaskQueueActivitiesPerSecond: callsPerSecond({ requestsPerMinute, tokensPerMinute: null }),
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
