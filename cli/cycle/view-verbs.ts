import type { Command } from 'commander'
import { z } from 'zod'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import { trainingInWords } from '../../domain/training-progress-words.ts'
import { action } from '../command.ts'
import { openProject } from '../project.ts'
import { withTemporal, workflowLink } from '../temporal-client.ts'
import { progressText } from './progress-text.ts'
import { readCycle, type CycleState } from './read-cycle.ts'
import { watchCycle } from './watch-cycle.ts'

interface CycleView extends CycleState {
  readonly project: string
  readonly links: { readonly temporal: string | null; readonly review: string | null }
}

/** `cycle status` and `cycle watch`. */
export function registerCycleViews(cycle: Command): void {
  cycle
    .command('status')
    .description('show the latest cycle: phases, drafts, reviews, spend')
    .addHelpText('after', '\nExample:\n  understudy cycle status')
    .action(
      action({
        options: z.object({}),
        handler: async (_, { folder }) => {
          const { name, settings } = await openProject(folder)
          const state = await withTemporal(settings.temporal, (client) => readCycle(client, name))
          return viewOf(name, state, workflowLink(settings.temporal, cycleId(name)))
        },
        render,
      }),
    )
  cycle
    .command('watch')
    .description('follow the cycle until it ends; Ctrl-C leaves it running')
    .addHelpText('after', '\nExample:\n  understudy cycle watch')
    .action(
      action({
        options: z.object({}),
        handler: async (_, { folder, output, signal }) => {
          const { name, settings } = await openProject(folder)
          const link = workflowLink(settings.temporal, cycleId(name))
          if (link !== null) output.note(link)
          const state = await withTemporal(settings.temporal, (client) =>
            watchCycle(client, name, { output, signal }),
          )
          if (signal.aborted && state.state === 'running')
            output.note('The cycle goes on without you watching.')
          return viewOf(name, state, link)
        },
        render: (view) => (view.state === 'running' ? '' : render(view)),
        exitCode: ({ state }) => (state === 'failed' ? 1 : 0),
      }),
    )
}

const viewOf = (project: string, state: CycleState, temporal: string | null): CycleView => ({
  project,
  ...state,
  links: { temporal, review: state.progress?.review.boardUrl ?? null },
})

function render({ project, state, progress, training, result, failure, links }: CycleView): string {
  if (state === 'none') return `No cycle of ${project} is known. Start one with \`understudy cycle start\`.`
  const lines = progress === null ? [`${project}: ${state}`] : [progressText(progress)]
  if (training !== null) lines.push(`Training: ${trainingInWords(training)}`)
  if (progress === null && state === 'running') lines.push('No worker answers; see `understudy status`.')
  if (result !== null) {
    const verdict = result.verdict === null ? '' : `, verdict ${result.verdict}`
    lines.push(`Ended: ${result.outcome}${verdict}.`)
    if (result.report !== null) lines.push('See it with `understudy report --open`.')
  }
  if (state === 'stopped') lines.push('Stopped. What was drafted and reviewed is kept.')
  if (failure !== null) lines.push(`Failed: ${failure.message} (${failure.code})`)
  if (links.review !== null && state === 'running') lines.push(`Review: ${links.review}`)
  if (links.temporal !== null) lines.push(`Temporal: ${links.temporal}`)
  return lines.join('\n')
}
