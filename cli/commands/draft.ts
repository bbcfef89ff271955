import type { Command } from 'commander'
import { z } from 'zod'
import { action, type HandlerContext } from '../command.ts'
import { usd } from '../cycle/progress-text.ts'
import { runDrafts, type DraftRun } from '../draft/run-drafts.ts'
import { saveDrafts } from '../draft/save-drafts.ts'
import { openProject } from '../project.ts'

const DraftOptions = z.object({
  limit: z.coerce.number().int().positive().optional(),
  all: z.boolean().default(false),
  estimate: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  save: z.string().min(1).optional(),
  simulate: z.boolean().default(false),
  yes: z.boolean().default(false),
})

interface Drafted extends DraftRun {
  readonly project: string
  readonly saved: { readonly folder: string; readonly images: number } | null
}

/** `understudy draft`: drafts without review. */
export function registerDraft(program: Command): void {
  program
    .command('draft')
    .description('have images drafted and nothing else: no review, no training')
    .option('--limit <images>', 'draft at most so many images')
    .option('--all', 'training images that are reviewed, or came with labels, as well')
    .option('--estimate', 'only say what it would cost')
    .option('--dry-run', 'the same as --estimate')
    .option('--save <dir>', 'then write JSON and an annotated PNG for each draft of this prompt version')
    .option('--simulate', 'insist on the simulated teacher (the stack must be up with --simulate)')
    .option('-y, --yes', 'do not ask before spending money')
    .addHelpText(
      'after',
      `
Drafts are kept in the store: an interrupted run goes on where it ended, nothing is paid twice, and a later cycle queues
them for review.

Examples:
  understudy draft --estimate
  understudy draft --limit 50 --save drafts`,
    )
    .action(
      action({
        options: DraftOptions,
        handler: draft,
        render,
        exitCode: ({ counts }) => (counts !== null && counts.failed > 0 ? 1 : 0),
      }),
    )
}

async function draft(options: z.infer<typeof DraftOptions>, context: HandlerContext): Promise<Drafted> {
  const project = await openProject(context.folder)
  const { limit = null, all, simulate, yes, save } = options
  const estimateOnly = options.estimate || options.dryRun
  const run = await runDrafts(project, { limit, all, simulate, yes, estimateOnly }, context)
  const told = { project: project.name, ...run }
  if (save === undefined || estimateOnly || context.signal.aborted) return { ...told, saved: null }
  const { composeDrafts } = await import('../../activities/compose-drafts.ts')
  const { drafted, annotate } = composeDrafts(project.settings.store)
  const { promptVersion } = run.estimate
  const images = await saveDrafts(drafted({ project: project.name, promptVersion }), {
    folder: save,
    classes: project.config.classes.map(({ name }) => name),
    annotate,
    onSaved: (count) => context.output.progress(`Saving ${count}`),
  })
  return { ...told, saved: { folder: save, images } }
}

function render({ estimate, counts, note, saved }: Drafted): string {
  const lines = counts === null ? [] : [`${note}.`]
  if (counts === null)
    lines.push(
      estimate.calls === 0
        ? 'Every image that needs a draft has one.'
        : 'Nothing was started and nothing was spent.',
    )
  if (counts !== null && counts.usd > 0)
    lines.push(`Spent ${usd(counts.usd)}${estimate.teacher.simulated ? ' of made-up money' : ''}.`)
  if (saved !== null) lines.push(`${saved.images} drafts saved in ${saved.folder}.`)
  return lines.join('\n')
}
