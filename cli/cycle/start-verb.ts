import type { Command } from 'commander'
import { z } from 'zod'
import type { DraftEstimate } from '../../activities/compose-project.ts'
import { cycleModes } from '../../domain/contracts/phases.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import { action, type HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Output } from '../output.ts'
import { openProject, type Project } from '../project.ts'
import { withTemporal, workflowLink } from '../temporal-client.ts'
import { estimateText } from './estimate-text.ts'
import { startCycle } from './start-cycle.ts'

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
    .option('--mode <mode>', '`full` waits for people; `nightly` takes what they have reviewed', 'full')
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
  for (const line of estimateText(estimate)) context.output.step(line)

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

/** The teacher that the stack's worker has. Never chosen silently. */
function teacherOf({ settings }: Project, simulate: boolean) {
  const { teacher } = settings
  if (teacher === null) {
    throw new UserError({
      code: 'TeacherKeyMissing',
      what: 'There is no teacher to draft with.',
      why: 'No GEMINI_API_KEY or GOOGLE_API_KEY is set, and the stack was not started with the simulated teacher.',
      fix: 'Set a key and run `understudy up` again, or run `understudy up --simulate`.',
    })
  }
  if (simulate && teacher.endpoint !== 'simulated') {
    throw new UserError({
      code: 'BadInput',
      what: 'The stack does not run the simulated teacher.',
      why: `Its worker drafts with the key of ${teacher.keySource}.`,
      fix: 'Run `understudy down` and `understudy up --simulate`, or leave out --simulate.',
    })
  }
  return teacher
}

async function confirmed(output: Output, signal: AbortSignal): Promise<boolean> {
  if (!output.interactive || !process.stdin.isTTY) {
    throw new UserError({
      code: 'BadInput',
      what: 'Nothing was started: this would cost money and nobody can be asked.',
      why: 'There is no terminal to ask on.',
      fix: 'Add --yes, and --limit or a budget in understudy.yaml to stay below an amount.',
    })
  }
  const { confirm } = await import('@clack/prompts')
  return (await confirm({ message: 'Start?', output: process.stderr, signal })) === true
}

const noImages = (project: string): UserError =>
  new UserError({
    code: 'NotFound',
    what: `${project} has no images yet.`,
    why: 'A cycle drafts what was ingested.',
    fix: 'Bring a folder in with `understudy ingest DIR`.',
  })
