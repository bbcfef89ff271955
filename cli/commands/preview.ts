import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { DraftedPicture } from '../../activities/compose-drafts.ts'
import { action, type HandlerContext } from '../command.ts'
import { runDrafts, type DraftRun } from '../draft/run-drafts.ts'
import { draftAnnotations } from '../draft/save-drafts.ts'
import { openLink } from '../open-link.ts'
import { openProject } from '../project.ts'

const PreviewOptions = z.object({
  count: z.coerce.number().int().min(1).max(100),
  out: z.string().min(1),
  simulate: z.boolean().default(false),
  yes: z.boolean().default(false),
  open: z.boolean().default(false),
})

interface Previewed extends DraftRun {
  readonly project: string
  readonly file: string | null
  readonly images: number
}

/** `understudy preview`: a contact sheet before the rest is paid for. */
export function registerPreview(program: Command): void {
  program
    .command('preview')
    .description('draft a few images and see them on one sheet, before the rest is paid for')
    .option('--count <images>', 'so many drafts, those that are there already counted', '9')
    .option('--out <file>', 'PNG to write', 'preview.png')
    .option('--simulate', 'insist on the simulated teacher (the stack must be up with --simulate)')
    .option('-y, --yes', 'do not ask before spending money')
    .option('--open', 'open the sheet')
    .addHelpText(
      'after',
      `
What is drafted here is drafted for good: no image is paid for twice. Change the descriptions, the instruction or the model
in understudy.yaml and look again.

Example:
  understudy preview --count 9 --open`,
    )
    .action(action({ options: PreviewOptions, handler: preview, render }))
}

async function preview(
  { count, out, simulate, yes, open }: z.infer<typeof PreviewOptions>,
  context: HandlerContext,
): Promise<Previewed> {
  const project = await openProject(context.folder)
  const { name, config, settings } = project
  const wishes = { simulate, yes }
  const { composeDrafts } = await import('../../activities/compose-drafts.ts')
  const { drafted, contactSheet } = composeDrafts(settings.store)
  const first = await runDrafts(project, { ...wishes, limit: count, estimateOnly: true }, quiet(context))
  const ref = { project: name, promptVersion: first.estimate.promptVersion }
  const known = await take(drafted(ref), count)
  const run =
    known.length < count
      ? await runDrafts(project, { ...wishes, limit: count - known.length, estimateOnly: false }, context)
      : first
  const shown = await take(drafted(ref), count)
  if (shown.length === 0) return { project: name, ...run, file: null, images: 0 }
  const classes = config.classes.map((each) => each.name)
  const sheet = await contactSheet(
    await Promise.all(
      shown.map(async (picture) => ({
        encoded: await picture.load(),
        annotations: draftAnnotations(picture, classes),
        caption: captionOf(picture),
      })),
    ),
  )
  await writeFile(out, sheet)
  if (open) await openLink(out)
  return { project: name, ...run, file: out, images: shown.length }
}

/** The same context, saying nothing. */
const quiet = (context: HandlerContext): HandlerContext => ({
  ...context,
  output: { ...context.output, step: () => {}, note: () => {} },
})

async function take(drafted: AsyncIterable<DraftedPicture>, count: number): Promise<DraftedPicture[]> {
  const taken: DraftedPicture[] = []
  for await (const picture of drafted) {
    taken.push(picture)
    if (taken.length === count) break
  }
  return taken
}

function captionOf({ sources, image, draft }: DraftedPicture): string {
  const name = basename((sources[0] ?? image).replaceAll('\\', '/'))
  const simulated = draft.teacher.endpoint === 'simulated' ? ', simulated' : ''
  if (draft.status === 'blocked') return `${name}: blocked (${draft.blockReason ?? ''})${simulated}`
  return `${name}: ${draft.boxes.length} ${draft.boxes.length === 1 ? 'box' : 'boxes'}${draft.status === 'partial' ? ', partial' : ''}${simulated}`
}

const render = ({ file, images, estimate }: Previewed): string =>
  file === null
    ? 'There is nothing to show yet.'
    : `${images} drafts on ${file}${estimate.teacher.simulated ? ' (simulated teacher)' : ''}. Without a draft: ${Math.max(0, estimate.images - images)} of ${estimate.images} images at most.`
