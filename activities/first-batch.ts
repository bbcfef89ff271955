import { pMapIterable } from 'p-map'
import { selectBatch, type Candidate } from '../domain/batch-selection.ts'
import { classVector } from '../domain/class-vector.ts'
import type { CoreActivities } from '../domain/contracts/activities.ts'
import { plainReason } from '../domain/reasons.ts'
import type { DraftRecord } from '../domain/schemas/records/draft.ts'
import type { ImageRecord } from '../domain/schemas/records/image.ts'
import { hashFraction } from '../domain/seeded-random.ts'
import { queueOnce, type PlannedLine } from './queued-images.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { isSimulated, readUsableDraft } from './store/drafts.ts'
import { listImages } from './store/images.ts'
import { loadConfig } from './store/load-config.ts'
import { readsAtOnce } from './store/records.ts'
import { answeredImages } from './store/reviews.ts'
import { storedBox } from './stored-box.ts'

/** Shown in this order: without held-out images nothing can be measured, without the audit nothing is unbiased. */
const priorities = { 'held-out': 3, audit: 2, 'cold-start': 1 } as const

interface OpenImage {
  readonly record: ImageRecord
  /** Null without a usable answer of the teacher. */
  readonly draft: DraftRecord | null
}

/**
 * Queues the held-out images that nobody has seen yet, whole, and as many drafted training images as the config says: a
 * uniform share as audit, the rest as different from each other as a sample by chance allows, so that common pictures stay
 * common. Training images that still wait count against that number, and nothing is queued twice.
 */
export function createFirstBatchPlanner(store: ObjectStore): CoreActivities['planFirstBatch'] {
  return async (input) => {
    const { project, cycle } = input
    const config = await loadConfig(store, input)
    const { firstBatch, auditShare } = config.review
    const classes = config.classes.map(({ name }) => name)
    const seed = `${project} first ${cycle}`
    return queueOnce(store, { project, cycle, purpose: 'first' }, async (taken) => {
      const answered = await answeredImages(store, project)
      const waiting = await countWaiting(store, project, taken, answered)
      const heldOut: PlannedLine[] = []
      const drafted = new Map<string, OpenImage>()
      const candidates: Candidate[] = []
      for await (const open of openImages(store, input, taken)) {
        const { image, group, split } = open.record
        if (split !== 'train') heldOut.push(line(open, 'held-out', null))
        else if (open.draft !== null) {
          drafted.set(image, open)
          const vector = classVector(open.draft.boxes, classes)
          // Chance decides who is on the shortlist; above 0, because 0 would leave the image out.
          candidates.push({ image, group, split, priority: 1 + hashFraction(`${seed} ${image}`), vector })
        }
      }
      const picks = selectBatch(candidates, {
        size: Math.max(0, firstBatch - waiting),
        auditShare,
        diverseShare: 1,
        seed,
      })
      const start = picks.flatMap(({ image, kind, probability }) => {
        const open = drafted.get(image)
        if (open === undefined) return []
        return [line(open, kind === 'audit' ? 'audit' : 'cold-start', probability)]
      })
      return [...heldOut, ...start]
    })
  }
}

/** Training images on the board that nobody has answered. */
async function countWaiting(
  store: ObjectStore,
  project: string,
  taken: ReadonlySet<string>,
  answered: ReadonlySet<string>,
): Promise<number> {
  let waiting = 0
  for await (const { image, split } of listImages(store, project)) {
    if (split === 'train' && taken.has(image) && !answered.has(image)) waiting += 1
  }
  return waiting
}

function openImages(
  store: ObjectStore,
  { project, promptVersion }: { readonly project: string; readonly promptVersion: string },
  taken: ReadonlySet<string>,
): AsyncIterable<OpenImage> {
  async function* usable(): AsyncIterable<ImageRecord> {
    for await (const record of listImages(store, project)) {
      if (record.split !== 'quarantined' && !taken.has(record.image)) yield record
    }
  }
  return pMapIterable(
    usable(),
    async (record) => ({
      record,
      draft: await readUsableDraft(store, { project, promptVersion, image: record.image }),
    }),
    { concurrency: readsAtOnce },
  )
}

function line(
  { record: { image, split }, draft }: OpenImage,
  kind: keyof typeof priorities,
  probability: number | null,
): PlannedLine {
  return {
    image,
    kind,
    split,
    reason: plainReason(kind, draft?.boxes ?? null),
    probability,
    priority: priorities[kind],
    simulatedTeacher: draft !== null && isSimulated(draft),
    ...(draft === null ? { undrafted: true } : {}),
    draft: (draft?.boxes ?? []).map((box) => ({ ...storedBox(box), source: 'teacher' as const })),
  }
}
