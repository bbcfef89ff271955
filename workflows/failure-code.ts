import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/common'

/** What a failed activity says it cost all the same, USD: the first detail that `withTypedFailures` gives a failure. */
export function failureSpentUsd(error: unknown): number {
  if (error instanceof ActivityFailure) return failureSpentUsd(error.cause)
  const detail: unknown = error instanceof ApplicationFailure ? error.details?.[0] : null
  const isCost = typeof detail === 'object' && detail !== null && 'spentUsd' in detail
  return isCost && typeof detail.spentUsd === 'number' ? detail.spentUsd : 0
}

/** The typed code of what failed, looking through activity and child workflow; null when it has none. */
export function failureCode(error: unknown): string | null {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure)
    return failureCode(error.cause)
  return error instanceof ApplicationFailure ? (error.type ?? null) : null
}

/** The innermost message of a failure: what happened, without the names of activity and child workflow around it. */
export function failureMessage(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause instanceof TimeoutFailure)
    return `The activity ${error.activityType} was not done in time: is a worker running that serves its queue?`
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure)
    return failureMessage(error.cause)
  return error instanceof Error ? error.message : String(error)
}
