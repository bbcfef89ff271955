import type { Command } from 'commander'
import { z } from 'zod'
import type { DatasetCheck } from '../../activities/compose-datasets.ts'
import { short } from '../../domain/contracts/workflow-ids.ts'
import { findingKinds, type Finding, type FindingKind } from '../../domain/dataset-check.ts'
import { action, type HandlerContext } from '../command.ts'
import { openProject } from '../project.ts'
import { renderTable } from '../table.ts'

const options = z.object({
  dataset: z.string().nullable().default(null),
  pictures: z.boolean().default(true),
  verbose: z.boolean().default(false),
})

type CheckTold = DatasetCheck & {
  readonly serious: number
  readonly minor: number
  /** True: the table for people lists every finding, not the first few of each kind. */
  readonly verbose: boolean
}

const examplesShown = 3

/** `dataset check`: what is wrong with a version, before somebody trains on it. */
export function registerCheck(dataset: Command): void {
  dataset
    .command('check')
    .description('look for leaks between splits, duplicates, bad boxes, damaged pictures and missing classes')
    .option('--dataset <hash>', 'a version, by its hash or the first digits; default: the newest')
    .option('--no-pictures', 'do not open the pictures: quicker, but damaged ones are not found')
    .option('--verbose', 'list every finding, not three of each kind')
    .addHelpText(
      'after',
      `
The exit code is 1 when something serious was found.

Example:
  understudy dataset check`,
    )
    .action(action({ options, handler: check, render, exitCode: ({ serious }) => (serious > 0 ? 1 : 0) }))
}

async function check(
  { dataset, pictures, verbose }: z.infer<typeof options>,
  { folder, output, signal }: HandlerContext,
): Promise<CheckTold> {
  const { name, settings } = await openProject(folder)
  const { composeDatasetCheck } = await import('../../activities/compose-datasets.ts')
  const stages = { records: 'Reading records:', pictures: 'Opening pictures:' }
  const result = await composeDatasetCheck(settings.store)({
    project: name,
    dataset,
    pictures,
    signal,
    onProgress: (stage, done, total) =>
      output.progress(`${stages[stage]} ${done}${total === null ? '' : ` of ${total}`}`),
  })
  const serious = result.findings.filter(({ kind }) => findingKinds[kind] === 'serious').length
  const minor = result.findings.length - serious
  return { ...result, serious, minor, verbose }
}

function render({
  dataset,
  images,
  boxes,
  findings,
  picturesOpened,
  serious,
  minor,
  verbose,
}: CheckTold): string {
  const shown = verbose ? findings.length : examplesShown
  const title = `Dataset ${short(dataset)}: ${images} images, ${boxes} boxes; ${serious} serious findings, ${minor} minor.`
  const notOpened = picturesOpened ? [] : ['The pictures were not opened (--no-pictures).']
  const kinds = [...Map.groupBy(findings, ({ kind }) => kind)].sort(([a], [b]) => rank(a) - rank(b))
  if (kinds.length === 0) return [title, ...notOpened, 'Nothing was found.'].join('\n')
  const table = renderTable(
    [
      { title: 'FINDING', value: ([kind]: (typeof kinds)[number]) => kind },
      { title: '', value: ([kind]) => findingKinds[kind] },
      { title: 'COUNT', value: ([, found]) => found.length, align: 'right' },
    ],
    kinds,
  )
  const examples = kinds.flatMap(([kind, found]) => [
    '',
    `${kind}:`,
    ...found.slice(0, shown).map((finding) => `  ${subject(finding)}  ${finding.detail}`),
    ...(found.length > shown ? [`  and ${found.length - shown} more (--verbose lists them)`] : []),
  ])
  return [title, ...notOpened, '', table, ...examples].join('\n')
}

const order = Object.keys(findingKinds)
const rank = (kind: FindingKind): number => order.indexOf(kind)

/** Hashes by their first digits, classes whole. */
const subject = ({ subject }: Finding): string => (/^[0-9a-f]{64}$/.test(subject) ? short(subject) : subject)
