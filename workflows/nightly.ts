import {
  CancelledFailure,
  ChildWorkflowFailure,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common'
import {
  CancellationScope,
  executeChild,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow'
import { cycleId } from '../domain/contracts/workflow-ids.ts'
import type { CycleResult, NightlyInput, NightResult } from '../domain/contracts/workflow-inputs.ts'
import { nightInWords } from '../domain/night-in-words.ts'
import { core } from './ask.ts'
import { cycle } from './cycle.ts'
import { failureCode, failureMessage } from './failure-code.ts'

/**
 * What the schedule starts. A cycle in night mode is its awaited child, so that overlap and pause-on-failure mean what they
 * say. When a cycle is running already: one that waits for people with enough reviews in is told to go on (handed over);
 * one that drafts or trains makes the night "skipped-busy". A night that fails pauses the schedule with a note for people.
 */
export async function nightly(input: NightlyInput): Promise<NightResult> {
  setCurrentDetails(`Waits for the cycle of this night, \`${cycleId(input.project)}\`.`)
  try {
    const result = await runNight(input)
    setCurrentDetails(result.words)
    return result
  } catch (error) {
    if (CancellationScope.current().consideredCancelled) throw error
    if (wasStopped(error)) return stoppedByPerson()
    await tellWhyNightsPause(input.project, error)
    throw error
  }
}

async function runNight(input: NightlyInput): Promise<NightResult> {
  const { project, configHash, reviewPollSeconds, batchPollSeconds } = input
  try {
    const result = await executeChild(cycle, {
      workflowId: cycleId(project),
      staticSummary: `${project}: night cycle`,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      args: [
        {
          v: 1,
          project,
          configHash,
          mode: 'nightly',
          limit: null,
          ...(reviewPollSeconds && { reviewPollSeconds }),
          ...(batchPollSeconds && { batchPollSeconds }),
        },
      ],
    })
    return ended(result)
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return handOver(input)
    throw error
  }
}

/** Somebody cancelled or terminated the cycle, not the night: that is no failure. */
const wasStopped = (error: unknown): boolean =>
  error instanceof ChildWorkflowFailure &&
  (error.cause instanceof CancelledFailure || error.cause instanceof TerminatedFailure)

const stoppedByPerson = (): NightResult => ({
  outcome: 'stopped',
  words: nightInWords({ outcome: 'stopped', cycle: null }),
  cycle: null,
})

/** The server pauses the schedule in any case, in its own words; ours come first when they can. */
async function tellWhyNightsPause(project: string, error: unknown): Promise<void> {
  try {
    await core('Pause the schedule and say why').pauseNights({
      project,
      night: workflowInfo().startTime.toISOString(),
      code: failureCode(error),
      message: failureMessage(error),
    })
  } catch {
    log.warn('The schedule could not be told why the night failed.')
  }
}

const ended = ({ cycle: number, ...result }: CycleResult): NightResult => ({
  outcome: result.outcome,
  words: nightInWords({ cycle: number, ...result }),
  cycle: number,
})

async function handOver({ project, configHash }: NightlyInput): Promise<NightResult> {
  const running = await core('Look at the running cycle').describeCycle({ project, configHash })
  const reason = `the night of ${workflowInfo().startTime.toISOString().slice(0, 10)}`
  if (running.readyToGoOn) {
    const { taken } = await core('Tell the cycle to go on').finishWaitingReview({ project, reason })
    if (taken)
      return {
        outcome: 'handed-over',
        words: nightInWords({ outcome: 'handed-over', ...running }),
        cycle: running.cycle,
      }
  }
  return {
    outcome: 'skipped-busy',
    words: nightInWords({ outcome: 'skipped-busy', ...running }),
    cycle: running.cycle,
  }
}
