import { setTimeout as sleep } from 'node:timers/promises'
import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client'
import { UserError } from '../errors.ts'

export interface Triggered {
  /** False when a night was still running: it was skipped, as the schedule's rule says. */
  readonly started: boolean
  readonly workflowId: string | null
}

const answerWithinMs = 15_000
const pollMs = 200

/**
 * Starts a night now. Temporal's own default for a manual trigger is to run it beside one that is running: the overlap rule
 * is always named here.
 * @throws UserError StackDown when the server neither starts nor skips it
 */
export async function triggerNight(handle: ScheduleHandle, signal: AbortSignal): Promise<Triggered> {
  const before = (await handle.describe()).info
  await handle.trigger('SKIP')
  const deadline = Date.now() + answerWithinMs
  while (Date.now() < deadline) {
    const { info } = await handle.describe()
    if (info.numActionsSkippedOverlap > before.numActionsSkippedOverlap)
      return { started: false, workflowId: running(info) }
    if (info.numActionsTaken > before.numActionsTaken) return { started: true, workflowId: newest(info) }
    await sleep(pollMs, undefined, { signal })
  }
  throw new UserError({
    code: 'StackDown',
    what: 'The night was not started.',
    why: `Temporal has not acted on the trigger within ${answerWithinMs / 1000} s.`,
    fix: 'See `understudy status`, then `understudy schedule show`.',
  })
}

type Info = ScheduleDescription['info']

const newest = ({ recentActions }: Info): string | null =>
  recentActions.at(-1)?.action.workflow.workflowId ?? null

const running = (info: Info): string | null => info.runningActions.at(-1)?.workflow.workflowId ?? newest(info)
