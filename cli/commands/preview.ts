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
  seed: z.string().min(1),
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
    .option('--seed <word>', 'another choice of images', '0')
    .option('--simulate', 'insist on the simulated teacher (the stack must be up with --simulate)')
    .option('-y, --yes', 'do not ask before spending money')
    .option('--open', 'open the sheet')
    .addHelpText(
      'after',
      `
The images are chosen by chance, and the same word as --seed chooses the same ones. What is drafted here is drafted for good: no image is paid for twice. Change the descriptions, the instruction or the model
in understudy.yaml and look again.

Example:
  understudy preview --count 9 --open`,
    )
    .action(action({ options: PreviewOptions, handler: preview, render }))
}

async function preview(
  { count, out, seed, simulate, yes, open }: z.infer<typeof PreviewOptions>,
  context: HandlerContext,
): Promise<Previewed> {
  const project = await openProject(context.folder)
  const { name, config, settings } = project
  const { composeDrafts } = await import('../../activities/compose-drafts.ts')
  const { draftsOf, contactSheet } = composeDrafts(settings.store)
  const pick = { among: 'all', count, seed } as const
  const run = await runDrafts(project, { limit: null, simulate, yes, estimateOnly: false, pick }, context)
  const shown = await draftsOf({ project: name, promptVersion: run.estimate.promptVersion }, pick)
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

function captionOf({ sources, image, draft }: DraftedPicture): string {
  const name = basename((sources[0] ?? image).replaceAll('\\', '/'))
  const simulated = draft.teacher.endpoint === 'simulated' ? ', simulated' : ''
  if (draft.status === 'blocked') return `${name}: blocked (${draft.blockReason ?? ''})${simulated}`
  return `${name}: ${draft.boxes.length} ${draft.boxes.length === 1 ? 'box' : 'boxes'}${draft.status === 'partial' ? ', partial' : ''}${simulated}`
}

const render = ({ file, images, estimate }: Previewed): string =>
  file === null
    ? 'There is nothing to show yet.'
    : `${images} drafts on ${file}${estimate.teacher.simulated ? ' (simulated teacher)' : ''}, of ${estimate.images} images chosen by chance.`
