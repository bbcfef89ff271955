import pMap from 'p-map'
import type { ComparisonSummary, CoreActivities } from '../domain/contracts/activities.ts'
import type { KindCounts } from '../domain/contracts/disagreement-kinds.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { ImageSize, LabelledBox } from '../domain/box.ts'
import { agreementBySize, classShares } from '../domain/agreement.ts'
import { findDifferences, isSpoken } from '../domain/disagreement.ts'
import { priorityOf, type PriorityContext } from '../domain/priority.ts'
import { ComparisonRecord, DisagreementLine } from '../domain/schemas/records/cycle.ts'
import { teacherPrecision } from '../domain/teacher-precision.ts'
import { storedBox } from './stored-box.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { isSimulated, readUsableDraft } from './store/drafts.ts'
import { operatingThresholdOf } from './store/operating-thresholds.ts'
import { readPredictions } from './store/predictions.ts'
import { readsAtOnce, writeLines, writeRecord } from './store/records.ts'
import { checkedDrafts } from './teacher-record.ts'

export type ComparisonActivities = Pick<CoreActivities, 'findDisagreements'>

type Input = Parameters<CoreActivities['findDisagreements']>[0]

/**
 * Names every difference between the teacher's drafts and a student's predictions and ranks the images by what a second of
 * review would mend: `cycles/<n>/disagreements.jsonl`, worst first, and `comparison.json`.
 */
export function createComparisonActivities({ store }: { readonly store: ObjectStore }): ComparisonActivities {
  return {
    async findDisagreements(input) {
      const { project, cycle, model, manifest, promptVersion } = input
      const threshold = (await operatingThresholdOf(store, input)) ?? input.threshold
      const keys = storeKeys(project)
      const images = await comparedImages(store, input)
      const context: PriorityContext = {
        precision: teacherPrecision(await checkedDrafts(store, { project, promptVersion })),
        agreement: agreementBySize(images),
        classShare: classShares(images),
      }
      const lines = images.map((image) => lineOf(image, context))
      lines.sort((a, b) => b.perSecond - a.perSecond || (a.image < b.image ? -1 : 1))
      await writeLines(store, keys.cycleFile(cycle, 'disagreements.jsonl'), DisagreementLine, lines)

      const key = keys.cycleFile(cycle, 'comparison.json')
      const counts = countKinds(lines, threshold)
      const record: ComparisonRecord = {
        v: 1,
        model,
        manifest,
        promptVersion,
        simulated: images.some(({ simulated }) => simulated),
        threshold,
        ...counts,
      }
      await writeRecord(store, key, ComparisonRecord, record)
      return { key, ...counts }
    },
  }
}

interface ComparedImage {
  readonly image: string
  readonly size: ImageSize
  readonly teacher: readonly LabelledBox[]
  readonly student: readonly LabelledBox[]
  readonly damaged: boolean
  readonly simulated: boolean
}

/** Images that both have answered. A blocked or missing draft says nothing: it is not "no objects". */
async function comparedImages(
  store: ObjectStore,
  { project, model, manifest, promptVersion }: Input,
): Promise<ComparedImage[]> {
  const predictions = await readPredictions(store, project, model, manifest)
  const found = await pMap(
    predictions.filter(({ error }) => error === null),
    async ({ image, width, height, boxes }): Promise<ComparedImage[]> => {
      const draft = await readUsableDraft(store, { project, promptVersion, image })
      if (draft === null) return []
      const damaged = draft.status === 'partial'
      const size = { width, height }
      return [{ image, size, teacher: draft.boxes, student: boxes, damaged, simulated: isSimulated(draft) }]
    },
    { concurrency: readsAtOnce },
  )
  return found.flat()
}

function lineOf(compared: ComparedImage, context: PriorityContext): DisagreementLine {
  const { image, size, teacher, student, damaged } = compared
  const differences = findDifferences(teacher, student, damaged)
  const { expectedErrors, perSecond, weights } = priorityOf(differences, teacher.length, size, context)
  return {
    image,
    ...size,
    expectedErrors,
    perSecond,
    disagreements: differences.map((difference, index) => ({
      kind: difference.kind,
      teacher: difference.teacher && storedBox(difference.teacher),
      student: difference.student && storedBox(difference.student),
      iou: difference.iou,
      weight: weights[index] ?? 0,
    })),
  }
}

function countKinds(lines: readonly DisagreementLine[], threshold: number): Omit<ComparisonSummary, 'key'> {
  const byKind: KindCounts = {}
  let imagesWithDisagreement = 0
  for (const { disagreements } of lines) {
    const spoken = disagreements.filter((one) => isSpoken(one, threshold))
    if (spoken.length > 0) imagesWithDisagreement += 1
    for (const { kind } of spoken) byKind[kind] = (byKind[kind] ?? 0) + 1
  }
  const rate = lines.length === 0 ? 0 : imagesWithDisagreement / lines.length
  return { images: lines.length, imagesWithDisagreement, byKind, rate }
}
