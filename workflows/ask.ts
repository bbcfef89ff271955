import {
  proxyActivities,
  workflowInfo,
  type ActivityInterfaceFor,
  type ActivityOptions,
} from '@temporalio/workflow'
import type {
  CoreActivities,
  GeminiActivities,
  InferActivities,
  ReviewActivities,
  TrainActivities,
} from '../domain/contracts/activities.ts'
import { taskQueue, type QueueName } from '../domain/contracts/queues.ts'
import { batchPolicy, corePolicy, geminiPolicy, inferPolicy, reviewPolicy, trainPolicy } from './policies.ts'

/** The workflow's own queue is `<prefix>core`; its activities go to the queues of the same prefix. */
const queue = (name: QueueName): string => taskQueue(name, workflowInfo().taskQueue.replace(/core$/, ''))

const ask =
  <Group>(name: QueueName, policy: ActivityOptions) =>
  /** @param summary what a person reads beside the activity in the web UI. */
  (summary: string): ActivityInterfaceFor<Group> =>
    proxyActivities<Group>({ ...policy, taskQueue: queue(name), summary })

export const core = ask<CoreActivities>('core', corePolicy)
export const gemini = ask<GeminiActivities>('gemini', geminiPolicy)
export const batches = ask<GeminiActivities>('gemini', batchPolicy)
export const review = ask<ReviewActivities>('review', reviewPolicy)
export const trainer = ask<TrainActivities>('train', trainPolicy)
export const infer = ask<InferActivities>('infer', inferPolicy)
