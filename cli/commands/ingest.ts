import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { IngestResult } from '../../activities/compose-project.ts'
import { groupingModes } from '../../domain/source-group.ts'
import { action, type HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'
import { renderTable } from '../table.ts'

const options = z.object({
  dir: z.string(),
  group: z.enum(groupingModes),
  verbose: z.boolean().default(false),
})

type IngestTold = Omit<IngestResult, 'notImages'> & {
  readonly skipped: number
  /** Null unless they were asked for. */
  readonly notImages: readonly string[] | null
}

/** `ingest`: brings a folder's images into the store, with groups and splits written once. */
export function registerIngest(program: Command): void {
  program
    .command('ingest')
    .description('bring a folder of images into the project')
    .argument('<dir>', 'a folder; the folders in it are read too')
    .option(
      '--group <mode>',
      'which images must stay in one split: `near-duplicates` (and the frames of one recording), or everything of a `folder`',
      'near-duplicates',
    )
    .option('--verbose', 'also list the files that are no images')
    .addHelpText(
      'after',
      `
Running it again uploads nothing twice, and takes up an interrupted run. Files that cannot be used are
listed with the reason; the exit code is 1 then.

Example:
  understudy ingest ~/photos`,
    )
    .action(
      action({ options, handler: ingest, render, exitCode: ({ failed }) => (failed.length > 0 ? 1 : 0) }),
    )
}

async function ingest(
  { dir, group, verbose }: z.infer<typeof options>,
  { folder, output, signal }: HandlerContext,
): Promise<IngestTold> {
  const { name, config, settings } = await openProject(folder)
  const { composeIngest } = await import('../../activities/compose-project.ts')
  const stages = { reading: 'Reading', storing: 'Storing' }
  try {
    const { notImages, ...result } = await composeIngest(settings.store)({
      project: name,
      folder: resolve(dir),
      grouping: group,
      fractions: config.split,
      signal,
      onProgress: ({ stage, done, total }) => output.progress(`${stages[stage]} ${done} of ${total} images`),
    })
    return { ...result, skipped: notImages.length, notImages: verbose ? notImages : null }
  } finally {
    output.progressEnd()
    if (signal.aborted) output.note('Run the same command again to go on: nothing is uploaded twice.')
  }
}

function render({ added, known, failed, skipped, splits, converted, notImages }: IngestTold): string {
  const { train, val, test, quarantined } = splits
  const parts = [`${train} train`, `${val} val`, `${test} test`]
  if (quarantined > 0) parts.push(`${quarantined} quarantined (they join groups of different splits)`)
  const lines = [
    `${added} new${added === 0 ? '' : `: ${parts.join(', ')}`}; ${known} known; ${failed.length} failed.`,
  ]
  if (converted > 0)
    lines.push(`${converted} were turned upright or converted once; the others are kept byte for byte.`)
  if (skipped > 0 && notImages === null) lines.push(`${skipped} other files skipped (--verbose lists them).`)
  if (notImages !== null) lines.push(...notImages.map((path) => `skipped, not an image: ${path}`))
  if (failed.length > 0) {
    const columns = [
      { title: 'FAILED', value: ({ path }: (typeof failed)[number]) => path },
      { title: 'REASON', value: ({ reason }: (typeof failed)[number]) => reason },
      { title: '', value: ({ detail }: (typeof failed)[number]) => detail },
    ]
    lines.push('', renderTable(columns, failed))
  } else if (added > 0) lines.push('Next: `understudy cycle start`.')
  return lines.join('\n')
}
