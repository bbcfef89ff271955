import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { CycleMode } from '../../domain/contracts/phases.ts'
import { readCycle } from '../cycle/read-cycle.ts'
import { createFollower } from '../cycle/watch-cycle.ts'
import type { HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'
import { cycleHandle } from '../temporal-client.ts'
import type { StandIn } from './stand-in.ts'

export interface Followed {
  readonly project: string
  /** The workflow whose end is waited for: the cycle itself, or the night that runs one. */
  readonly workflowId: string
  readonly mode: CycleMode
}

const pollMs = 1500
const repeatMs = 2000

/**
 * Follows a cycle to its end; whenever it waits for people, the stand-in answers and nudges it.
 * @throws UserError when the workflow fails
 */
export async function follow(
  client: Client,
  { project, workflowId, mode }: Followed,
  standIn: StandIn,
  { output, signal }: Pick<HandlerContext, 'output' | 'signal'>,
): Promise<void> {
  let line = `${mode} cycle: starting`
  const tell = (text: string): void => {
    line = text
    output.progress(text)
  }
  // The demo's one result is its summary: what happens on the way is told, not streamed.
  const follower = createFollower({ ...output, progress: tell, result: () => {} })
  // A busy machine may take its time to answer; nobody should have to wonder meanwhile.
  const repeated = setInterval(() => output.interactive || output.progress(line), repeatMs)
  try {
    for (;;) {
      signal.throwIfAborted()
      const { status } = await client.workflow.getHandle(workflowId).describe()
      const { progress, training } = await readCycle(client, project)
      if (progress?.mode === mode) follower.show(progress, training)
      else if (progress === null) tell(`${mode} cycle: no answer from the worker yet`)
      if (status.name !== 'RUNNING') {
        if (status.name !== 'COMPLETED') throw notCompleted(workflowId, status.name)
        return
      }
      if (progress?.phase === 'review' && progress.mode === 'full' && progress.review.waiting > 0) {
        const answered = await standIn()
        if (answered > 0) {
          output.step(`stand-in reviewer answered ${answered} tasks through Label Studio`)
          await cycleHandle(client, project).signal('reviewChanged')
        }
      }
      await sleep(pollMs, undefined, { signal }).catch(() => {})
    }
  } finally {
    clearInterval(repeated)
    output.progressEnd()
  }
}

const notCompleted = (workflowId: string, state: string): UserError =>
  new UserError({
    code: 'Internal',
    what: 'The demo did not get to its end.',
    why: `Workflow ${workflowId} ended as ${state}.`,
    fix: 'See its failure in the Temporal UI and in `understudy logs worker`, then run the demo again: it goes on where it can.',
  })
