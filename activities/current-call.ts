import { activityInfo, cancellationSignal } from '@temporalio/activity'
import { hashOf } from './content-hash.ts'

/** The attempt of an activity that is running: one paid call at most. */
export interface CurrentCall {
  /** Names the call: the same for one attempt however often it is asked, another for the next attempt. */
  readonly callId: string
  readonly signal: AbortSignal
}

/** Read from the activity's context. Throws outside of an activity. */
export function currentCall(): CurrentCall {
  const { workflowExecution, activityId, attempt } = activityInfo()
  const callId = hashOf({ runId: workflowExecution?.runId ?? '', activityId, attempt }).slice(0, 24)
  return { callId, signal: cancellationSignal() }
}
