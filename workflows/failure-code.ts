import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common'

/** The typed code of what failed, looking through activity and child workflow; null when it has none. */
export function failureCode(error: unknown): string | null {
  if (error instanceof ActivityFailure || error instanceof ChildWorkflowFailure)
    return failureCode(error.cause)
  return error instanceof ApplicationFailure ? (error.type ?? null) : null
}
