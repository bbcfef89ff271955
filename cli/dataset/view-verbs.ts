import type { Command } from 'commander'
import { z } from 'zod'
import type { DatasetVersion } from '../../activities/compose-datasets.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import type { DatasetDiff } from '../../domain/dataset-diff.ts'
import { action, type HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'
import { renderTable } from '../table.ts'

/** `dataset list`: the versions that cycles have built. */
export function registerList(dataset: Command): void {
  dataset
    .command('list')
    .description('list the dataset versions, the newest last')
    .addHelpText('after', '\nExample:\n  understudy dataset list')
    .action(action({ options: z.object({}), handler: list, render: renderList }))
}

interface Listed {
  readonly project: string
  readonly datasets: readonly ListedVersion[]
}
interface ListedVersion extends Pick<
  DatasetVersion,
  'dataset' | 'images' | 'boxes' | 'empty' | 'boxesByClass' | 'classes'
> {
  readonly unreviewed: number
  readonly builtAt: string | null
  readonly cycle: number | null
  readonly leftOut: Readonly<Record<string, number>>
}

async function list(_: unknown, { folder }: HandlerContext): Promise<Listed> {
  const { name, settings } = await openProject(folder)
  const { readDatasetVersions } = await import('../../activities/compose-datasets.ts')
  const versions = await readDatasetVersions(settings.store, name)
  return { project: name, datasets: versions.map(asListed) }
}

function asListed({
  dataset,
  classes,
  images,
  boxes,
  empty,
  boxesByClass,
  unreviewed = 0,
  built,
}: DatasetVersion): ListedVersion {
  const leftOut = Object.fromEntries((built?.leftOut ?? []).map(({ reason, images }) => [reason, images]))
  const [builtAt, cycle] = [built?.builtAt ?? null, built?.cycle ?? null]
  return { dataset, builtAt, cycle, classes, images, boxes, empty, unreviewed, boxesByClass, leftOut }
}

function renderList({ project, datasets }: Listed): string {
  if (datasets.length === 0)
    return `${project} has no dataset version yet: a cycle builds one from what is reviewed.`
  return renderTable<ListedVersion>(
    [
      { title: 'DATASET', value: ({ dataset }) => short(dataset) },
      { title: 'BUILT', value: ({ builtAt }) => builtAt?.slice(0, 16).replace('T', ' ') ?? 'unknown' },
      { title: 'CYCLE', value: ({ cycle }) => cycle ?? '', align: 'right' },
      { title: 'TRAIN', value: ({ images }) => images.train, align: 'right' },
      { title: 'VAL', value: ({ images }) => images.val, align: 'right' },
      { title: 'TEST', value: ({ images }) => images.test, align: 'right' },
      { title: 'BOXES', value: ({ boxes }) => boxes, align: 'right' },
      { title: 'EMPTY', value: ({ empty }) => empty, align: 'right' },
      { title: 'DRAFTS', value: ({ unreviewed }) => unreviewed, align: 'right' },
      { title: 'LEFT OUT', value: ({ leftOut }) => countsInWords(leftOut) },
    ],
    datasets,
  )
}

const countsInWords = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ')

/** `dataset diff A B`: what became of a version. */
export function registerDiff(dataset: Command): void {
  dataset
    .command('diff')
    .description('say what is different in version B: images, labels, boxes of each class')
    .argument('<before>', 'hash of a version, or its first digits')
    .argument('<after>', 'another')
    .addHelpText('after', '\nExample:\n  understudy dataset diff 3f2a 91bc')
    .action(
      action({
        options: z.object({ before: z.string(), after: z.string() }),
        handler: async (names, { folder }) => {
          const { name, settings } = await openProject(folder)
          const { compareDatasets } = await import('../../activities/compose-datasets.ts')
          return compareDatasets(settings.store, name, names)
        },
        render: renderDiff,
      }),
    )
}

function renderDiff(diff: DatasetDiff & { readonly before: string; readonly after: string }): string {
  const { added, removed, relabelled, reviewed, unchanged, bySplit, classes } = diff
  const lines = [
    `${short(diff.before)} → ${short(diff.after)}: ${added.length} images added, ${removed.length} removed, ` +
      `${relabelled.length} relabelled, ${unchanged} unchanged.`,
  ]
  if (reviewed.length > 0)
    lines.push(`${reviewed.length} drafts were accepted as they are, or are drafts again.`)
  const splits = Object.entries(bySplit)
  if (splits.length > 0) {
    const count = (kind: 'added' | 'removed' | 'relabelled') => ({
      title: kind.toUpperCase(),
      value: ([, counts]: (typeof splits)[number]) => counts[kind],
      align: 'right' as const,
    })
    const split = { title: 'SPLIT', value: ([name]: (typeof splits)[number]) => name }
    lines.push('', renderTable([split, count('added'), count('removed'), count('relabelled')], splits))
  }
  if (classes.length > 0) {
    type Row = (typeof classes)[number]
    lines.push(
      '',
      renderTable<Row>(
        [
          { title: 'CLASS', value: (row) => row.class },
          { title: 'BEFORE', value: ({ before }) => before, align: 'right' },
          { title: 'AFTER', value: ({ after }) => after, align: 'right' },
        ],
        classes,
      ),
    )
  }
  if (bySplit.test) lines.push('', 'The test split differs: figures measured on the two are not comparable.')
  return lines.join('\n')
}
