import { short } from '../../domain/contracts/workflow-ids.ts'
import type { Interval } from '../../domain/schemas/records/shared.ts'
import { renderPairs, renderTable, type Column } from '../table.ts'
import type { ModelPage, ModelRow } from './model-view.ts'

/** Short enough for a line, long enough for `model show`. */
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ')

const range = ({ value, low, high }: Interval): string =>
  `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`

/** The registry as a table, newest first. */
export function renderModels(models: readonly ModelRow[]): string {
  if (models.length === 0) return 'No model is registered yet. `understudy cycle start` trains one.'
  return renderTable<ModelRow>(
    [
      { title: 'MODEL', value: ({ model }) => short(model) },
      { title: '', value: ({ champion }) => (champion ? 'champion' : '') },
      { title: 'MADE (UTC)', value: ({ createdAt }) => minute(createdAt) },
      { title: 'IMAGES', value: ({ trainedImages }) => trainedImages, align: 'right' },
      { title: 'NETWORK', value: networkOf },
      {
        title: 'MAP50-95',
        value: ({ evaluation }) => evaluation?.map.value.toFixed(3) ?? '–',
        align: 'right',
      },
      ...(models.some(({ evaluation }) => evaluation?.maskMap) ? [maskColumn] : []),
      { title: 'CYCLE', value: ({ judgement }) => judgement?.cycle ?? '–', align: 'right' },
      { title: 'VERDICT', value: ({ judgement }) => (judgement === null ? '–' : verdictOf(judgement)) },
    ],
    models,
  )
}

const maskColumn: Column<ModelRow> = {
  title: 'MASK MAP50-95',
  value: ({ evaluation }) => evaluation?.maskMap?.value.toFixed(3) ?? '–',
  align: 'right',
}

const networkOf = ({ architecture, imageSize: { width, height } }: ModelRow): string =>
  `${architecture} ${width === height ? width : `${width}x${height}`}`

const verdictOf = ({ verdict, promoted }: { readonly verdict: string; readonly promoted: boolean }): string =>
  promoted ? verdict : `${verdict}, not promoted`

/** One model: what it is, where it comes from, how it did, and what was decided about it. */
export function renderModel(page: ModelPage): string {
  return [
    renderPairs(facts(page)),
    section('EVALUATIONS', page.evaluations.map(evaluationLine)),
    section(
      'JUDGEMENTS',
      page.judgements.map(({ cycle, words }) => `cycle ${cycle}: ${words}`),
    ),
    section('REIGNS', page.reigns.map(reignLine)),
    section('PACKAGES', [packageList(page)]),
    section('CURVE', curveLines(page)),
  ]
    .filter((text) => text !== '')
    .join('\n\n')
}

const section = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : [title, ...lines.map((line) => `  ${line}`)].join('\n')

const packageList = ({ record: { packages } }: ModelPage): string =>
  Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')

function facts(page: ModelPage): (readonly [string, string | number])[] {
  const { model, champion, createdAt, dataset, lineage, record, seconds, files } = page
  const made = Object.entries(record.arguments).map(([name, value]) => `${name} ${JSON.stringify(value)}`)
  return [
    ['Model', champion ? `${model} (champion)` : model],
    ['Made', `${createdAt}, in ${Math.round(seconds)} s`],
    ['Dataset', dataset],
    ['Started from', record.startedFrom ?? (record.parent === null ? 'scratch' : 'its parent')],
    ...(lineage.length === 0 ? [] : [['Parents', lineage.map(short).join(' < ')] as const]),
    ['Classes', record.classes.join(', ')],
    ['Input', `${record.imageSize.width} x ${record.imageSize.height}`],
    ['Checked', checkedInWords(record.checked)],
    ['Images', record.trainedImages],
    ['Arguments', made.join(', ')],
    ['Batch', batchInWords(record)],
    ['Training', record.trainKey],
    ['Trainer', trainerInWords(record)],
    ['Command', record.command?.join(' ') ?? notRecorded],
    ['Ran on', platformInWords(record)],
    ['Understudy', understudyInWords(record)],
    ['Files', files.join(', ')],
  ]
}

/** Of models that an older version made. */
const notRecorded = 'not recorded'

type Made = ModelPage['record']

function batchInWords({ ranWithBatch, arguments: { batch } }: Made): string {
  if (ranWithBatch === undefined) return notRecorded
  return ranWithBatch === batch
    ? `${batch}`
    : `${ranWithBatch}: ${batch} as planned did not fit into the memory`
}

function trainerInWords({ trainer, resumed }: Made): string {
  const went = resumed === true ? ', went on from a checkpoint after it had died' : ''
  return `${trainer.name} ${trainer.version}, recipe ${trainer.recipe}${went}`
}

function platformInWords({ platform }: Made): string {
  if (platform === undefined) return notRecorded
  const { system, processor, device, python } = platform
  return `${system}, ${processor}, trained on ${device}, Python ${python}`
}

const understudyInWords = ({ understudy }: Made): string =>
  understudy === undefined
    ? notRecorded
    : `${understudy.version}${understudy.commit === null ? '' : `, commit ${understudy.commit}`}`

function checkedInWords(checked: ModelPage['record']['checked']): string {
  if (!checked) return 'it runs; its trainer gave nothing to compare with'
  const { boxes, pixels, score } = checked
  return `finds the same ${boxes} boxes as its trainer on an image (within ${pixels.toFixed(3)} px and ${score.toFixed(5)})`
}

const evaluationLine = ({
  cycle,
  testImages,
  map,
  map50,
  maskMap,
  f1,
  threshold,
}: ModelPage['evaluations'][number]): string =>
  `cycle ${cycle}: mAP50-95 ${range(map)}, mAP50 ${range(map50)}, ${maskMap === null ? '' : `mask mAP50-95 ${range(maskMap)}, `}F1 ${range(f1)} at confidence ${threshold.toFixed(3)}, on ${testImages} test images`

function reignLine({ since, how, by, reason, cycle }: ModelPage['reigns'][number]): string {
  const who = how === undefined || how === 'gate' ? `by the gate of cycle ${cycle}` : `${how} by ${by ?? '?'}`
  return `since ${minute(since)}: ${who}${reason ? ` (${reason})` : ''}`
}

/** First, middle and last epoch: the rest stands in `--json` and in `training.csv`. */
function curveLines({ curve }: ModelPage): string[] {
  const chosen = new Set([0, Math.floor((curve.length - 1) / 2), curve.length - 1])
  return curve.flatMap((row, index) => {
    if (!chosen.has(index)) return []
    const { epoch, 'metrics/mAP50(B)': map50, 'metrics/mAP50-95(B)': map } = row
    const figures = [
      map50 === undefined ? '' : `mAP50 ${map50.toFixed(3)}`,
      map === undefined ? '' : `mAP50-95 ${map.toFixed(3)}`,
    ]
    return [`epoch ${epoch ?? index + 1}: ${figures.filter((text) => text !== '').join(', ')} (validation)`]
  })
}
