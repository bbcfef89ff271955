import type { ModelDetails, RegisteredModel } from '../../activities/compose-models.ts'

/** A model in `model list`. */
export interface ModelRow {
  readonly model: string
  readonly champion: boolean
  readonly createdAt: string
  readonly dataset: string
  readonly parent: string | null
  readonly architecture: string
  readonly imageSize: RegisteredModel['record']['imageSize']
  readonly epochs: number
  readonly trainedImages: number
  readonly seconds: number
  /** The newest measurement; null: never measured. */
  readonly evaluation: EvaluationView | null
  /** The newest decision of the gate; null: it never met the gate. */
  readonly judgement: JudgementView | null
}

type Figures = RegisteredModel['evaluations'][number]['figures']
type Judgement = RegisteredModel['judgements'][number]

interface EvaluationView {
  readonly cycle: number
  readonly testImages: number
  readonly map50: Figures['studentAp']['map50']
  readonly map: Figures['studentAp']['map']
  /** mAP50-95 of masks; null where the task is to detect. */
  readonly maskMap: Figures['studentAp']['map'] | null
  readonly f1: Figures['student']['f1']
  readonly threshold: number
}

type JudgementView = Pick<Judgement, 'cycle' | 'verdict' | 'promoted' | 'reason' | 'words' | 'judgedAt'>

/** Everything `model show` tells. */
export interface ModelPage extends ModelRow {
  readonly project: string
  /** The whole record: all that is needed to train it again. */
  readonly record: RegisteredModel['record']
  readonly evaluations: readonly EvaluationView[]
  readonly judgements: readonly JudgementView[]
  readonly reigns: RegisteredModel['reigns']
  readonly lineage: readonly string[]
  /** One object an epoch, by the trainer's column names. */
  readonly curve: readonly Readonly<Record<string, number>>[]
  readonly files: readonly string[]
}

export function toRow({ record, evaluations, judgements, isChampion }: RegisteredModel): ModelRow {
  const [evaluation, judgement] = [evaluations.at(-1), judgements.at(-1)]
  return {
    model: record.model,
    champion: isChampion,
    createdAt: record.createdAt,
    dataset: record.dataset,
    parent: record.parent,
    architecture: record.arguments.architecture,
    imageSize: record.imageSize,
    epochs: record.arguments.epochs,
    trainedImages: record.trainedImages,
    seconds: record.seconds,
    evaluation: evaluation === undefined ? null : viewEvaluation(evaluation),
    judgement: judgement === undefined ? null : viewJudgement(judgement),
  }
}

export function toPage(project: string, details: ModelDetails): ModelPage {
  const { record, evaluations, judgements, reigns, lineage, curve, files } = details
  return {
    project,
    ...toRow(details),
    record,
    evaluations: evaluations.map(viewEvaluation),
    judgements: judgements.map(viewJudgement),
    reigns,
    lineage,
    curve: curve === null ? [] : readCurve(curve),
    files,
  }
}

const viewEvaluation = ({ cycle, figures }: RegisteredModel['evaluations'][number]): EvaluationView => ({
  cycle,
  testImages: figures.testImages,
  map50: figures.studentAp.map50,
  map: figures.studentAp.map,
  maskMap: figures.studentMaskAp?.map ?? null,
  f1: figures.student.f1,
  threshold: figures.threshold,
})

const viewJudgement = ({ cycle, verdict, promoted, reason, words, judgedAt }: Judgement): JudgementView => ({
  cycle,
  verdict,
  promoted,
  reason,
  words,
  judgedAt,
})

/** A learning curve as CSV, by its header. Cells that are no number are left out. */
export function readCurve(csv: string): Record<string, number>[] {
  const [header = '', ...lines] = csv.split(/\r?\n/)
  const columns = header.split(',').map((name) => name.trim())
  return lines.flatMap((line) => {
    if (line.trim() === '') return []
    const cells = line.split(',').map((cell) => cell.trim())
    const pairs = columns.map((column, index) => [column, Number(cells[index] || Number.NaN)] as const)
    return [Object.fromEntries(pairs.filter(([, value]) => Number.isFinite(value)))]
  })
}
