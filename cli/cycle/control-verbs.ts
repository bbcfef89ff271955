import type { WorkflowHandle } from '@temporalio/client'
import type { Command } from 'commander'
import { z } from 'zod'
import type * as Messages from '../../workflows/messages.ts'
import { action } from '../command.ts'
import { UserError } from '../errors.ts'
import { person } from '../person.ts'
import { openProject } from '../project.ts'
import { cycleHandle, withTemporal } from '../temporal-client.ts'

interface Steered {
  readonly project: string
  /** What the cycle answered. */
  readonly answer: string
}

/** An update needs a worker to take it; without one it would wait for ever. */
const answerWithinMs = 15_000

/** `cycle pause|resume|finish-review|approve|raise-budget|stop`. */
export function registerCycleControls(cycle: Command): void {
  cycle
    .command('pause')
    .description('hand out no further work; calls under way end')
    .addHelpText('after', '\nExample:\n  understudy cycle pause')
    .action(steer(z.object({}), async (cycle, { pauseUpdate }) => cycle.executeUpdate(pauseUpdate)))
  cycle
    .command('resume')
    .description('go on after a pause')
    .addHelpText('after', '\nExample:\n  understudy cycle resume')
    .action(steer(z.object({}), async (cycle, { resumeUpdate }) => cycle.executeUpdate(resumeUpdate)))
  cycle
    .command('finish-review')
    .description('stop waiting for people and go on with what is reviewed')
    .option('--reason <text>', 'kept with the cycle', `asked by ${person()}`)
    .addHelpText('after', '\nExample:\n  understudy cycle finish-review --reason "enough for tonight"')
    .action(
      steer(z.object({ reason: z.string() }), async (cycle, { finishReviewUpdate }, { reason }) =>
        cycle.executeUpdate(finishReviewUpdate, { args: [{ reason }] }),
      ),
    )
  cycle
    .command('approve')
    .description('let the training start that waits for approval (cycle start --approve-training)')
    .option('--by <name>', 'who approves', person())
    .addHelpText('after', '\nExample:\n  understudy cycle approve')
    .action(
      steer(z.object({ by: z.string() }), async (cycle, { approveTrainingUpdate }, { by }) =>
        cycle.executeUpdate(approveTrainingUpdate, { args: [{ by }] }),
      ),
    )
  cycle
    .command('raise-budget')
    .description('add to what this cycle may spend on the teacher')
    .argument('<usd>', 'USD to add')
    .addHelpText('after', '\nExample:\n  understudy cycle raise-budget 5')
    .action(
      steer(z.object({ usd: z.coerce.number().positive() }), async (cycle, { raiseBudgetUpdate }, { usd }) =>
        cycle.executeUpdate(raiseBudgetUpdate, { args: [{ usd }] }),
      ),
    )
  cycle
    .command('stop')
    .description('end the cycle; what was drafted and reviewed is kept')
    .addHelpText('after', '\nExample:\n  understudy cycle stop')
    .action(
      steer(z.object({}), async (cycle) => {
        // Temporal takes a cancellation of an ended workflow without a word.
        if ((await cycle.describe()).status.name !== 'RUNNING') throw notRunning()
        await cycle.cancel()
        return 'stopping: what is under way ends first'
      }),
    )
}

function steer<Options>(
  options: z.ZodType<Options>,
  say: (cycle: WorkflowHandle, messages: typeof Messages, options: Options) => Promise<string>,
) {
  return action({
    options,
    handler: async (given: Options, { folder }): Promise<Steered> => {
      const { name, settings } = await openProject(folder)
      const messages = await import('../../workflows/messages.ts')
      const answer = await withTemporal(settings.temporal, (client) =>
        client.connection.withDeadline(Date.now() + answerWithinMs, () =>
          say(cycleHandle(client, name), messages, given),
        ),
      )
      return { project: name, answer }
    },
    render: ({ project, answer }) => `${project}: ${answer}.`,
  })
}

const notRunning = (): UserError =>
  new UserError({
    code: 'CycleNotRunning',
    what: 'No cycle is running.',
    why: 'The latest one has ended.',
    fix: 'See how with `understudy cycle status`.',
  })
