import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { LabelImportResult } from '../../activities/compose-datasets.ts'
import { createClassTable } from '../../domain/ontology.ts'
import { labelFormats } from '../../domain/schemas/records/review.ts'
import { groupingModes } from '../../domain/source-group.ts'
import { action, type HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'
import { renderTable } from '../table.ts'

const options = z.object({
  labels: z.string(),
  format: z.enum(labelFormats),
  images: z.string(),
  group: z.enum(groupingModes),
  ignoreUnknownClasses: z.boolean().default(false),
})

/** `dataset import`: pictures with labels that somebody made elsewhere. */
export function registerImport(dataset: Command): void {
  dataset
    .command('import')
    .description('bring in pictures with existing labels; the labels count as reviewed')
    .argument(
      '<labels>',
      'COCO: the .json; VOC: a folder of .xml; YOLO: the data.yaml, or a folder of labels',
    )
    .requiredOption('--format <format>', '`coco`, `voc` or `yolo` (boxes or outlines)')
    .requiredOption('--images <dir>', 'the folder with the pictures')
    .option('--group <mode>', 'as for `ingest`: `near-duplicates` or `folder`', 'near-duplicates')
    .option('--ignore-unknown-classes', 'leave out boxes of classes that understudy.yaml does not have')
    .addHelpText(
      'after',
      `
Pictures go through the ordinary ingest, and their splits are drawn as for any others. What a person has
reviewed here stays. Everything that was not taken is listed with the reason. Running it again changes nothing.

Example:
  understudy dataset import annotations.json --format coco --images ~/photos`,
    )
    .action(
      action({
        options,
        handler: run,
        render,
        exitCode: ({ images, known, skipped, ingest }) => {
          const nothing = images + known + skipped.filter(stays).length === 0
          return nothing || ingest.failed.length > 0 || skipped.some(isLoss) ? 1 : 0
        },
      }),
    )
}

type Skipped = LabelImportResult['skipped'][number]

/** A person has reviewed it here since. */
const stays = ({ reason }: Skipped): boolean => reason === 'reviewed-here'

/** What somebody asked for, or what stays as it is, is no loss. */
const isLoss = (skipped: Skipped): boolean => skipped.reason !== 'class-not-wanted' && !stays(skipped)

type ImportTold = Omit<LabelImportResult, 'ingest'> & {
  readonly ingest: Omit<LabelImportResult['ingest'], 'notImages'>
}

async function run(
  { labels, format, images, group, ignoreUnknownClasses }: z.infer<typeof options>,
  { folder, output, signal }: HandlerContext,
): Promise<ImportTold> {
  const { name, config, settings } = await openProject(folder)
  const { readLabels } = await import('./read-labels.ts')
  const { composeLabelImport } = await import('../../activities/compose-datasets.ts')
  const stages = { reading: 'Reading', storing: 'Storing' }
  const { ingest, ...result } = await composeLabelImport(settings.store)({
    project: name,
    folder: resolve(images),
    format,
    from: labels,
    labels: await readLabels(format, resolve(labels)),
    classes: createClassTable(config.classes),
    ignoreUnknownClasses,
    grouping: group,
    fractions: config.split,
    signal,
    onProgress: ({ stage, done, total }) => output.progress(`${stages[stage]} ${done} of ${total} images`),
  })
  const { notImages: _, ...told } = ingest
  return { ...result, ingest: told }
}

const examplesShown = 20

function render({ images, known, boxes, empty, classes, unlabelled, skipped, ingest }: ImportTold): string {
  const { train, val, test, quarantined } = ingest.splits
  const lines = [
    `${images} images with labels taken: ${boxes} boxes, ${empty} images with none; ${known} had them already.`,
    `${ingest.added} images are new: ${train} train, ${val} val, ${test} test, ${quarantined} quarantined.`,
  ]
  const kept = skipped.filter(stays).length
  if (kept > 0) lines.push(`${kept} images were reviewed here by a person since, and stay as they are.`)
  if (unlabelled > 0) lines.push(`${unlabelled} pictures have no labels: they wait for a draft and a review.`)
  type Count = readonly [name: string, boxes: number]
  lines.push(
    '',
    renderTable<Count>(
      [
        { title: 'CLASS', value: ([name]) => name },
        { title: 'BOXES', value: ([, count]) => count, align: 'right' },
      ],
      Object.entries(classes),
    ),
  )
  const problems = [
    ...skipped.filter((one) => !stays(one)),
    ...ingest.failed.map(({ path, reason, detail }) => ({ file: path, reason, detail })),
    ...ingest.quarantined.map((file) => {
      return { file, reason: 'quarantined', detail: 'it joins groups of different splits: it is never used' }
    }),
  ]
  if (problems.length > 0) {
    type Problem = (typeof problems)[number]
    const columns = [
      { title: 'NOT TAKEN', value: ({ file }: Problem) => file },
      { title: 'REASON', value: ({ reason }: Problem) => reason },
      { title: '', value: ({ detail }: Problem) => detail },
    ]
    lines.push('', renderTable(columns, problems.slice(0, examplesShown)))
    if (problems.length > examplesShown)
      lines.push(`and ${problems.length - examplesShown} more (--json lists all)`)
  }
  return lines.join('\n')
}
