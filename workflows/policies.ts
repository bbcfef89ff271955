import { ActivityCancellationType, type ActivityOptions } from '@temporalio/workflow'
import type { ErrorCode } from '../domain/contracts/error-codes.ts'

const seconds = (n: number): number => n * 1000
const minutes = (n: number): number => seconds(60 * n)
const hours = (n: number): number => minutes(60 * n)

/**
 * Every timeout and retry of the loop, with the reason beside the number. Retries belong to Temporal alone: no adapter
 * and no SDK retries. Which failures are worth a retry is said by the activity (`nonRetryable`), not here.
 */

/** Listing, planning and records in the store. Seconds of work; an hour outlives a restart of the store. */
export const corePolicy: ActivityOptions = {
  startToCloseTimeout: minutes(10),
  scheduleToCloseTimeout: hours(1),
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: seconds(1), maximumInterval: seconds(30) },
}

/** A day's quota: the chunk waits for its reset where people see it (`call-gate.ts`). */
const waitedFor: string[] = ['TeacherQuotaExhausted' satisfies ErrorCode]

/**
 * One paid call. 150 s is above the adapter's own timeout, so a hang is named by the adapter. The whole may take 30 hours: a
 * worker that was away for a night goes on.
 */
export const geminiPolicy: ActivityOptions = {
  startToCloseTimeout: seconds(150),
  scheduleToCloseTimeout: hours(30),
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: {
    initialInterval: seconds(2),
    maximumInterval: minutes(2),
    nonRetryableErrorTypes: waitedFor,
  },
}

/**
 * Handing in and looking at batch jobs: 50 pictures are scaled and sent in one go. Two hours in vain (the cap on queued
 * tokens is full) and the images are asked for one by one.
 */
export const batchPolicy: ActivityOptions = {
  startToCloseTimeout: minutes(10),
  scheduleToCloseTimeout: hours(2),
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: seconds(2), maximumInterval: minutes(5), nonRetryableErrorTypes: waitedFor },
}

/** Label Studio on SQLite may answer after a minute of lock waits; two hours outlive an upgrade of the server. */
export const reviewPolicy: ActivityOptions = {
  startToCloseTimeout: minutes(5),
  scheduleToCloseTimeout: hours(2),
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: seconds(1), maximumInterval: minutes(1) },
}

/**
 * Training beats its heart every 2 s; 30 s without one means that the worker is gone, and the next attempt attaches to the
 * trainer that goes on without it. A cancel waits until the trainer's process group has ended. Four attempts, of which a lost
 * worker takes one, too: a trainer that dies thrice from the same checkpoint will die again.
 */
export const trainPolicy: ActivityOptions = {
  startToCloseTimeout: hours(24),
  scheduleToCloseTimeout: hours(48),
  heartbeatTimeout: seconds(30),
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: seconds(1), maximumInterval: minutes(1), maximumAttempts: 4 },
}

/** A shard of 200 images takes seconds to minutes and beats its heart per image; inference runs off the event loop. */
export const inferPolicy: ActivityOptions = {
  startToCloseTimeout: minutes(30),
  scheduleToCloseTimeout: hours(6),
  heartbeatTimeout: minutes(1),
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { initialInterval: seconds(1), maximumInterval: seconds(30), maximumAttempts: 5 },
}

/** Calls of one chunk that are in flight together: the queue's rate limit decides the pace, this bounds a kill's loss. */
export const draftsInFlight = 8

/** Chunks worked on together: the next one's first calls fill the gap while the last one's slow calls end. */
export const chunksInFlight = 2

/** Polls of Label Studio: seconds; quick at first, because somebody is often about to finish; each costs about 11 events. */
export const reviewPoll = { first: 5, most: 60, growth: 1.5 }

/**
 * Looks at batch jobs: seconds; small jobs are done in minutes, most within an hour, and ten minutes lost of a night do not
 * matter.
 */
export const batchPoll = { first: 30, most: 600, growth: 1.5 }

/** Chunks that wait for batch jobs together: Google takes 100 jobs at once, and a chunk of large pictures makes several. */
export const batchChunksInFlight = 30
