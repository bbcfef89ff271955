import type { Command } from 'commander'
import { z } from 'zod'
import type { DraftEstimate } from '../../activities/compose-project.ts'
import { cycleModes } from '../../domain/contracts/phases.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import { action, type HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'
import { withTemporal, workflowLink } from '../temporal-client.ts'
import { confirmed, noImages, teacherOf } from './before-spending.ts'
import { estimateText } from './estimate-text.ts'
import { startCycle } from './start-cycle.ts'
import { teacherInWords } from '../teacher-in-words.ts'

const options = z.object({
  mode: z.enum(cycleModes),
  simulate: z.boolean().default(false),
  limit: z.coerce.number().int().positive().optional(),
  approveTraining: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
})
type StartOptions = z.infer<typeof options>

interface StartResult {
  readonly project: string
  readonly started: boolean
  readonly workflowId: string | null
  readonly runId: string | null
  readonly mode: StartOptions['mode']
  readonly estimate: DraftEstimate
  readonly links: { readonly temporal: string | null }
}

/** `cycle start`: says what drafting will cost, then starts the loop. */
export function registerCycleStart(cycle: Command): void {
  cycle
    .command('start')
    .description('start a pass: draft, review, train, compare, route')
    .option(
      '--mode <mode>',
      '`full` waits for people; `nightly` takes what they have reviewed; `draft` only drafts',
      'full',
    )
    .option('--limit <images>', 'draft at most so many images')
    .option('--simulate', 'insist on the simulated teacher (the stack must be up with --simulate)')
    .option('--approve-training', 'wait for `cycle approve` before training')
    .option('--dry-run', 'only say what it would cost')
    .option('-y, --yes', 'do not ask before spending money')
    .addHelpText('after', '\nExample:\n  understudy cycle start --limit 200')
    .action(action({ options, handler: start, render }))
}

async function start(given: StartOptions, context: HandlerContext): Promise<StartResult> {
  const project = await openProject(context.folder)
  const { name, config, settings } = project
  const teacher = teacherOf(project, given.simulate)
  const limit = given.limit ?? null
  const { estimateDraftCost } = await import('../../activities/compose-project.ts')
  const estimate = await estimateDraftCost(settings.store, config, { endpoint: teacher.endpoint, limit })
  if (estimate.images === 0) throw noImages(name)
  for (const line of estimateText(estimate, teacherInWords(teacher))) context.output.step(line)

  const notStarted = {
    project: name,
    mode: given.mode,
    estimate,
    started: false,
    workflowId: null,
    runId: null,
  }
  if (given.dryRun) return { ...notStarted, links: { temporal: null } }
  const isFree = estimate.calls === 0 || estimate.teacher.simulated
  if (!isFree && !given.yes && !(await confirmed(context.output, context.signal)))
    return { ...notStarted, links: { temporal: null } }

  return withTemporal(settings.temporal, async (client) => {
    const { mode, approveTraining } = given
    const { workflowId, runId } = await startCycle(client, project, { mode, limit, approveTraining })
    const links = { temporal: workflowLink(settings.temporal, cycleId(name)) }
    return { project: name, mode, estimate, started: true, workflowId, runId, links }
  })
}

function render({ project, started, estimate, links }: StartResult): string {
  if (!started)
    return estimate.calls === 0 ? 'Nothing was started.' : 'Nothing was started and nothing was spent.'
  return [
    `The cycle of ${project} is running.`,
    ...(links.temporal === null ? [] : [`Temporal: ${links.temporal}`]),
    'Next: `understudy cycle watch`, and `understudy review` once drafts are queued.',
  ].join('\n')
}
