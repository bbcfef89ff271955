import { selectBatch, type Candidate } from '../domain/batch-selection.ts'
import type { LabelledBox } from '../domain/box.ts'
import { classVector } from '../domain/class-vector.ts'
import type { CoreActivities } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { isSpoken } from '../domain/disagreement.ts'
import { mergeDrafts } from '../domain/merge-drafts.ts'
import { disagreementReason, plainReason } from '../domain/reasons.ts'
import { ComparisonRecord, DisagreementLine } from '../domain/schemas/records/cycle.ts'
import { DraftRecord } from '../domain/schemas/records/draft.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { queueOnce, type PlannedLine } from './queued-images.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'
import { readPredictions } from './store/predictions.ts'
import { readLines, requireRecord } from './store/records.ts'
import { storedBox } from './stored-box.ts'

/** Share of a routed batch that is chosen to differ from the rest (5 % for a settled student). */
const diverseShare = 0.05

/**
 * Queues the compared images with the most to gain a second of review, and a uniform share as audit. Training split only,
 * and nothing that was queued or reviewed before. The draft is both models' boxes merged.
 */
export function createRoutedBatchPlanner(store: ObjectStore): CoreActivities['planRoutedBatch'] {
  return async (input) => {
    const { project, cycle, comparisonKey, promptVersion } = input
    const keys = storeKeys(project)
    const { classes, review } = await loadConfig(store, input)
    const comparison = await requireRecord(store, comparisonKey, ComparisonRecord)
    const { threshold, simulated, model, manifest } = comparison
    const found = await readLines(store, keys.cycleFile(cycle, 'disagreements.jsonl'), DisagreementLine)
    const lines = new Map(found.map((line) => [line.image, line]))

    const candidate = async ({ image, perSecond, disagreements }: DisagreementLine): Promise<Candidate> => {
      const { group, split } = await requireRecord(store, keys.imageRecord(image), ImageRecord)
      const boxes = disagreements.flatMap(({ teacher, student }) => teacher ?? student ?? [])
      const priority = disagreements.length === 0 ? 0 : perSecond
      return {
        image,
        group,
        split,
        priority,
        vector: classVector(
          boxes,
          classes.map(({ name }) => name),
        ),
      }
    }
    return queueOnce(store, { project, cycle, purpose: 'routed' }, async (taken) => {
      const candidates = await Promise.all(found.filter(({ image }) => !taken.has(image)).map(candidate))
      const { routedBatch: size, auditShare } = review
      const picks = selectBatch(candidates, {
        size,
        auditShare,
        diverseShare,
        seed: `${project} routed ${cycle}`,
      })
      const splits = new Map(candidates.map(({ image, split }) => [image, split]))
      const students = new Map(
        (await readPredictions(store, project, model, manifest)).map(({ image, boxes }) => [image, boxes]),
      )
      return Promise.all(
        picks.map(async ({ image, kind, probability }): Promise<PlannedLine> => {
          const draft = await requireRecord(store, keys.draft(promptVersion, image), DraftRecord)
          const student: LabelledBox[] = (students.get(image) ?? []).filter(
            ({ score }) => (score ?? 0) >= threshold,
          )
          const differences = (lines.get(image)?.disagreements ?? []).filter((one) =>
            isSpoken(one, threshold),
          )
          return {
            image,
            kind,
            split: splits.get(image) ?? 'train',
            reason:
              kind === 'ranked' ? disagreementReason(differences, simulated) : plainReason(kind, draft.boxes),
            probability,
            priority: lines.get(image)?.perSecond ?? 0,
            simulatedTeacher: simulated,
            draft: mergeDrafts(draft.boxes, student).map((box) => ({
              ...storedBox(box),
              source: box.source,
            })),
          }
        }),
      )
    })
  }
}
