import { selectBatch, type Candidate } from '../domain/batch-selection.ts'
import { classVector } from '../domain/class-vector.ts'
import type { CoreActivities } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { plainReason } from '../domain/reasons.ts'
import { DraftRecord } from '../domain/schemas/records/draft.ts'
import type { ImageRecord } from '../domain/schemas/records/image.ts'
import { queueOnce, type PlannedLine } from './queued-images.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { isSimulated } from './store/drafts.ts'
import { listImages } from './store/images.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord } from './store/records.ts'
import { storedBox } from './stored-box.ts'

/** Held-out images come first in the queue: without them nothing can be measured. */
const heldOutPriority = 2
const startPriority = 1

/**
 * Queues the held-out images that nobody has seen yet, whole, and as many drafted training images as the config says: a
 * uniform share as audit, the rest as different from each other as possible. Nothing is queued twice.
 */
export function createFirstBatchPlanner(store: ObjectStore): CoreActivities['planFirstBatch'] {
  return async (input) => {
    const { project, cycle, promptVersion } = input
    const config = await loadConfig(store, input)
    const classes = config.classes.map(({ name }) => name)
    return queueOnce(store, { project, cycle, purpose: 'first' }, async (taken) => {
      const heldOut: PlannedLine[] = []
      const starters = new Map<string, { record: ImageRecord; draft: DraftRecord }>()
      for await (const record of listImages(store, project)) {
        if (record.split === 'quarantined' || taken.has(record.image)) continue
        const key = storeKeys(project).draft(promptVersion, record.image)
        const draft = await readRecord(store, key, DraftRecord)
        if (record.split !== 'train')
          heldOut.push(line(record, draft, { kind: 'held-out', probability: null }))
        else if (draft !== null) starters.set(record.image, { record, draft })
      }
      const candidates = [...starters.values()].map(({ record, draft }): Candidate => {
        const { image, group, split } = record
        return { image, group, split, priority: 0, vector: classVector(draft.boxes, classes) }
      })
      const { firstBatch: size, auditShare } = config.review
      const picks = selectBatch(candidates, {
        size,
        auditShare,
        diverseShare: 1,
        seed: `${project} first ${cycle}`,
      })
      const start = picks.flatMap(({ image, kind, probability }) => {
        const found = starters.get(image)
        if (found === undefined) return []
        const reason = { kind: kind === 'audit' ? kind : ('cold-start' as const), probability }
        return [line(found.record, found.draft, reason)]
      })
      return [...heldOut, ...start]
    })
  }
}

function line(
  { image, split }: ImageRecord,
  draft: DraftRecord | null,
  {
    kind,
    probability,
  }: { readonly kind: 'held-out' | 'audit' | 'cold-start'; readonly probability: number | null },
): PlannedLine {
  const boxes = draft?.boxes ?? []
  return {
    image,
    kind,
    split,
    reason: plainReason(kind, boxes),
    probability,
    priority: kind === 'held-out' ? heldOutPriority : startPriority,
    simulatedTeacher: draft !== null && isSimulated(draft),
    draft: boxes.map((box) => ({ ...storedBox(box), source: 'teacher' as const })),
  }
}
