import pMap from 'p-map'
import { selectBatch, type Candidate, type Pick } from '../domain/batch-selection.ts'
import { classVector } from '../domain/class-vector.ts'
import type { CoreActivities } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { isSpoken } from '../domain/disagreement.ts'
import { mergeDrafts } from '../domain/merge-drafts.ts'
import { disagreementReason, plainReason } from '../domain/reasons.ts'
import type { BatchLine } from '../domain/schemas/records/batch.ts'
import { ComparisonRecord, DisagreementLine } from '../domain/schemas/records/cycle.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { comparableBoxes } from '../domain/student-boxes.ts'
import { queueOnce, type PlannedLine } from './queued-images.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { isSimulated, readUsableDraft } from './store/drafts.ts'
import { loadConfig } from './store/load-config.ts'
import { readPredictions } from './store/predictions.ts'
import { readLines, readsAtOnce, requireRecord } from './store/records.ts'
import { latestReviews } from './store/reviews.ts'
import { storedBox } from './stored-box.ts'

/** A young student's ranking is worth less, so more of the batch goes to what is unlike the rest. */
const youngBelowReviews = 200
const diverseShare = { young: 0.2, settled: 0.05 } as const

/** Priorities are expected errors in this many seconds of review: a number that can be read on the board. */
const prioritySeconds = 1000

interface Disputed {
  readonly candidate: Candidate
  /** Without what the student says below its operating threshold. */
  readonly line: DisagreementLine
}

/**
 * Queues the compared images with the most to gain a second of review, and a uniform share as audit. Training split only,
 * and nothing that was queued or reviewed before. The draft is both models' boxes merged.
 */
export function createRoutedBatchPlanner(store: ObjectStore): CoreActivities['planRoutedBatch'] {
  return async (input) => {
    const { project, cycle } = input
    const { classes, review } = await loadConfig(store, input)
    const names = classes.map(({ name }) => name)
    const comparison = await requireRecord(store, input.comparisonKey, ComparisonRecord)
    return queueOnce(store, { project, cycle, purpose: 'routed' }, async (taken) => {
      const reviewed = (await latestReviews(store, project)).size
      const disputed = await disputedImages(store, { project, cycle, names, comparison, taken })
      const picks = selectBatch(
        disputed.map(({ candidate }) => candidate),
        {
          size: review.routedBatch,
          auditShare: review.auditShare,
          diverseShare: reviewed < youngBelowReviews ? diverseShare.young : diverseShare.settled,
          seed: `${project} routed ${cycle}`,
        },
      )
      return toLines(store, { project, comparison, disputed, picks })
    })
  }
}

async function disputedImages(
  store: ObjectStore,
  {
    project,
    cycle,
    names,
    comparison,
    taken,
  }: {
    readonly project: string
    readonly cycle: number
    readonly names: readonly string[]
    readonly comparison: ComparisonRecord
    readonly taken: ReadonlySet<string>
  },
): Promise<Disputed[]> {
  const keys = storeKeys(project)
  const lines = await readLines(store, keys.cycleFile(cycle, 'disagreements.jsonl'), DisagreementLine)
  return pMap(
    lines.filter(({ image }) => !taken.has(image)),
    async (line) => {
      const { image, group, split } = await requireRecord(store, keys.imageRecord(line.image), ImageRecord)
      const disagreements = line.disagreements.filter((one) => isSpoken(one, comparison.threshold))
      const vector = classVector(
        disagreements.flatMap(({ teacher, student }) => teacher ?? student ?? []),
        names,
      )
      const priority = disagreements.length === 0 ? 0 : line.perSecond
      return { candidate: { image, group, split, priority, vector }, line: { ...line, disagreements } }
    },
    { concurrency: readsAtOnce },
  )
}

async function toLines(
  store: ObjectStore,
  {
    project,
    comparison,
    disputed,
    picks,
  }: {
    readonly project: string
    readonly comparison: ComparisonRecord
    readonly disputed: readonly Disputed[]
    readonly picks: readonly Pick[]
  },
): Promise<PlannedLine[]> {
  const found = new Map(disputed.map((one) => [one.candidate.image, one]))
  const most = Math.max(0, ...picks.map(({ image }) => found.get(image)?.line.perSecond ?? 0))
  const draftOf = await drafting(store, project, comparison)
  const lines = await pMap(
    picks,
    async ({ image, kind, probability }): Promise<PlannedLine[]> => {
      const one = found.get(image)
      if (one === undefined) return []
      const { draft, simulatedTeacher } = await draftOf(image)
      // The audit measures only when it is reviewed, so it does not wait for the end of the batch.
      const perSecond = kind === 'audit' ? most : one.line.perSecond
      return [
        {
          image,
          kind,
          split: one.candidate.split,
          reason:
            kind === 'audit'
              ? plainReason(kind, draft)
              : disagreementReason(one.line.disagreements, simulatedTeacher),
          probability,
          priority: Math.round(perSecond * prioritySeconds),
          simulatedTeacher,
          draft,
        },
      ]
    },
    { concurrency: readsAtOnce },
  )
  return lines.flat()
}

/** What the reviewer of a compared image starts from. */
async function drafting(
  store: ObjectStore,
  project: string,
  { model, manifest, promptVersion, threshold }: ComparisonRecord,
): Promise<(image: string) => Promise<{ draft: BatchLine['draft']; simulatedTeacher: boolean }>> {
  const predictions = await readPredictions(store, project, model, manifest)
  const students = new Map(predictions.map(({ image, boxes }) => [image, boxes]))
  return async (image) => {
    const teacher = await readUsableDraft(store, { project, promptVersion, image })
    const student = comparableBoxes(students.get(image) ?? []).filter(
      ({ score }) => (score ?? 0) >= threshold,
    )
    return {
      simulatedTeacher: teacher !== null && isSimulated(teacher),
      draft: mergeDrafts(teacher?.boxes ?? [], student).map((box) => ({
        ...storedBox(box),
        source: box.source,
      })),
    }
  }
}
