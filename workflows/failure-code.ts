import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/common'

/** What a failed activity says it cost all the same, USD. */
export const failureSpentUsd = (error: unknown): number => failureDetail(error, 'spentUsd') ?? 0

/** After so many seconds, says a failed activity, it is worth trying again; null when it does not say. */
export const failureWaitSeconds = (error: unknown): number | null => failureDetail(error, 'retryAfterSeconds')

/** A number of the first detail, which `withTypedFailures` gives a failure. */
function failureDetail(error: unknown, name: string): number | null {
  if (error instanceof ActivityFailure) return failureDetail(error.cause, name)
  const detail: unknown = error instanceof ApplicationFailure ? error.details?.[0] : null
  const value: unknown = typeof detail === 'object' && detail !== null ? Reflect.get(detail, name) : null
  return typeof value === 'number' ? value : null
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
