import pMap from 'p-map'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { isSpoken } from '../../domain/disagreement.ts'
import { editsBetween } from '../../domain/metrics/effort.ts'
import type { GalleryTile } from '../../domain/report/report-data.ts'
import { disagreementReason } from '../../domain/reasons.ts'
import {
  type ComparisonRecord,
  DisagreementLine,
  type EvaluationRecord,
} from '../../domain/schemas/records/cycle.ts'
import { DraftRecord } from '../../domain/schemas/records/draft.ts'
import { ImageRecord } from '../../domain/schemas/records/image.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { loadImage } from '../store/image-bytes.ts'
import { readPredictions } from '../store/predictions.ts'
import { readLines, readRecord, requireRecord } from '../store/records.ts'
import type { KeptReview } from '../store/reviews.ts'

export interface GalleryDependencies {
  readonly store: ObjectStore
  readonly thumbnail: (encoded: Uint8Array) => Promise<string>
}

/** Enough to see the pattern; the page stays under a megabyte. */
const tilesShown = 12
/** Pictures are decoded: few at a time keep the worker's memory small. */
const atOnce = 4

type Boxes = Pick<GalleryTile, 'teacher' | 'student' | 'person' | 'reason'>

async function tile(
  { store, thumbnail }: GalleryDependencies,
  project: string,
  image: string,
  boxes: Boxes,
): Promise<GalleryTile> {
  const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
  const picture = await thumbnail(await loadImage(store, project, record))
  return { image, width: record.width, height: record.height, picture, ...boxes }
}

/** Images on which teacher and student differ most: only the boxes that differ, so that the eye finds them. */
export async function disagreementTiles(
  dependencies: GalleryDependencies,
  { project, cycle }: { readonly project: string; readonly cycle: number },
  { threshold, simulated }: ComparisonRecord,
  reviews: ReadonlyMap<string, KeptReview>,
): Promise<GalleryTile[]> {
  const { store } = dependencies
  const key = storeKeys(project).cycleFile(cycle, 'disagreements.jsonl')
  const lines = (await readLines(store, key, DisagreementLine))
    .map(({ image, disagreements }) => ({
      image,
      spoken: disagreements.filter((one) => isSpoken(one, threshold)),
    }))
    .filter(({ spoken }) => spoken.length > 0)
  return pMap(
    lines.slice(0, tilesShown),
    ({ image, spoken }) =>
      tile(dependencies, project, image, {
        reason: disagreementReason(spoken, simulated),
        teacher: spoken.flatMap(({ teacher }) => teacher ?? []),
        student: spoken.flatMap(({ student }) => student ?? []),
        person: reviews.get(image)?.review.boxes ?? null,
      }),
    { concurrency: atOnce },
  )
}

/** Reviewed held-out images on which the student needs most corrections, with all three sides' boxes. */
export async function reviewedTiles(
  dependencies: GalleryDependencies,
  project: string,
  { model, manifest, threshold }: EvaluationRecord,
  { reviews, promptVersion }: { reviews: ReadonlyMap<string, KeptReview>; promptVersion: string | null },
): Promise<GalleryTile[]> {
  const { store } = dependencies
  const predicted = await pMap(
    await readPredictions(store, project, model, manifest),
    async ({ image, boxes }) => {
      const person = reviews.get(image)?.review.boxes
      const { split } = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
      // The manifest holds validation images too, on which the threshold was chosen.
      if (person === undefined || split !== 'test') return []
      const student = boxes.filter(({ score }) => (score ?? 0) >= threshold)
      return [{ image, student, person, wrong: editsBetween(student, person) }]
    },
    { concurrency: atOnce },
  )
  const candidates = predicted.flat()
  candidates.sort((a, b) => b.wrong - a.wrong || (a.image < b.image ? -1 : 1))
  return pMap(
    candidates.slice(0, tilesShown),
    async ({ image, student, person, wrong }) => {
      const draftKey = promptVersion === null ? null : storeKeys(project).draft(promptVersion, image)
      const draft = draftKey === null ? null : await readRecord(store, draftKey, DraftRecord)
      const reason = `${wrong} of the student's boxes would have to be added, deleted, moved or relabelled`
      return tile(dependencies, project, image, { reason, teacher: draft?.boxes ?? [], student, person })
    },
    { concurrency: atOnce },
  )
}
