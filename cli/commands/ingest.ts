import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { IngestResult, Unstaged } from '../../activities/compose-project.ts'
import { groupingModes } from '../../domain/source-group.ts'
import { action, type HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'
import { renderTable } from '../table.ts'

const options = z.object({
  sources: z.array(z.string().min(1)).min(1),
  group: z.enum(groupingModes),
  every: z.coerce.number().positive().default(1),
  scenes: z.coerce.number().gt(0).lt(1).optional(),
  allowPrivateHosts: z.boolean().default(false),
  verbose: z.boolean().default(false),
})
type Options = z.infer<typeof options>

type IngestTold = Omit<IngestResult, 'notImages' | 'failed'> & {
  readonly failed: readonly (IngestResult['failed'][number] | Unstaged)[]
  readonly skipped: number
  /** Null unless they were asked for. */
  readonly notImages: readonly string[] | null
}

/** `ingest`: brings images into the store, with groups and splits written once. */
export function registerIngest(program: Command): void {
  program
    .command('ingest')
    .description('bring images into the project: from folders, files, addresses and videos')
    .argument(
      '<sources...>',
      'folders (the folders in them are read too), pictures, http(s) addresses, videos',
    )
    .option(
      '--group <mode>',
      'which images must stay in one split: `near-duplicates` (and the frames of one recording), or everything of a `folder`',
      'near-duplicates',
    )
    .option('--every <seconds>', 'of a video, take one frame in so many seconds', '1')
    .option(
      '--scenes <change>',
      'of a video, take the frames where a scene begins instead: by how much of a change, such as 0.3',
    )
    .option('--allow-private-hosts', "fetch from this machine's own network, too")
    .option('--verbose', 'also list the files that are no images')
    .addHelpText(
      'after',
      `
Running it again uploads nothing twice, and takes up an interrupted run. Files that cannot be used are
listed with the reason; the exit code is 1 then. The frames of one video stay in one split.

Examples:
  understudy ingest ~/photos
  understudy ingest yard.mp4 --every 5 https://example.org/shed.jpg`,
    )
    .action(
      action({ options, handler: ingest, render, exitCode: ({ failed }) => (failed.length > 0 ? 1 : 0) }),
    )
}

async function ingest(options: Options, context: HandlerContext): Promise<IngestTold> {
  const [only] = options.sources
  if (options.sources.length === 1 && only !== undefined && (await isFolder(only))) {
    return ingestFolder(only, options, context)
  }
  const staged = await mkdtemp(join(tmpdir(), 'understudy-ingest-'))
  try {
    const unstaged = await stage(staged, options, context)
    const told = await ingestFolder(staged, options, context)
    return { ...told, failed: [...unstaged, ...told.failed] }
  } finally {
    await rm(staged, { recursive: true, force: true })
  }
}

/** What cannot be looked at is staged like a file, and then named with the reason. */
const isFolder = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => !/[.:]/.test(path),
  )

async function stage(
  folder: string,
  { sources, every, scenes, allowPrivateHosts }: Options,
  { output, signal }: HandlerContext,
): Promise<readonly Unstaged[]> {
  const { composeStaging, isVideoFile } = await import('../../activities/compose-project.ts')
  let ffmpeg: string | null = null
  if (sources.some(isVideoFile)) {
    const { ensureFfmpeg } = await import('../../infra/toolchain/ensure-ffmpeg.ts')
    ffmpeg = await ensureFfmpeg({ signal, onProgress: ({ tool, text }) => output.step(`${tool}: ${text}`) })
  }
  const run = composeStaging({
    ffmpeg,
    everySeconds: every,
    sceneChange: scenes ?? null,
    allowPrivateHosts,
    signal,
    onProgress: (text) => output.progress(text),
  })
  const unstaged = await run(sources, folder)
  signal.throwIfAborted()
  return unstaged
}

async function ingestFolder(
  dir: string,
  { group, verbose }: Options,
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

function render({
  added,
  known,
  failed,
  skipped,
  splits,
  quarantined,
  converted,
  notImages,
}: IngestTold): string {
  const { train, val, test } = splits
  const parts = [`${train} train`, `${val} val`, `${test} test`]
  if (splits.quarantined > 0) parts.push(`${splits.quarantined} quarantined`)
  const lines = [
    `${added} new${added === 0 ? '' : `: ${parts.join(', ')}`}; ${known} known; ${failed.length} failed.`,
  ]
  lines.push(
    ...quarantined.map((path) => `quarantined, because it joins groups of different splits: ${path}`),
  )
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
