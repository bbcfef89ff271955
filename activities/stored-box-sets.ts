import pMap from 'p-map'
import type { ImageSize, LabelledBox } from '../domain/box.ts'
import type { ImageRecord } from '../domain/schemas/records/image.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { newestPromptVersion } from './reporting/project-counts.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { isSimulated, readUsableDraft } from './store/drafts.ts'
import { loadImage } from './store/image-bytes.ts'
import { listImages } from './store/images.ts'
import { isByStandIn, latestReviews } from './store/reviews.ts'
import { storedBox } from './stored-box.ts'

const readsAtOnce = 16

/** An ingested image as it is compared with images from elsewhere. */
export interface StoredPicture {
  /** Its files' paths when it was ingested, and its hash. */
  readonly names: readonly string[]
  readonly group: string
  readonly size: ImageSize
  readonly load: () => Promise<Uint8Array>
}

export interface StoredAnswer extends StoredPicture {
  readonly boxes: readonly LabelledBox[]
  /** True when the simulated teacher or the stand-in reviewer answered: said wherever it is shown. */
  readonly simulated: boolean
}

/** All ingested images, in order of the id. */
export async function storedPictures(store: ObjectStore, project: string): Promise<StoredPicture[]> {
  const records: StoredPicture[] = []
  for await (const record of listImages(store, project)) records.push(asPicture(store, project, record))
  return records
}

const asPicture = (store: ObjectStore, project: string, record: ImageRecord): StoredPicture => ({
  names: [...record.sources, record.image],
  group: record.group,
  size: { width: record.width, height: record.height },
  load: () => loadImage(store, project, record),
})

/**
 * The teacher's usable drafts under its newest prompt version.
 * @throws AdapterError NotFound when there is none
 */
export async function draftedAnswers(store: ObjectStore, project: string): Promise<StoredAnswer[]> {
  const promptVersion = await newestPromptVersion(store, project)
  if (promptVersion === null) throw nothing(project, 'drafts')
  const found = await pMap(
    listImages(store, project),
    async (record): Promise<StoredAnswer[]> => {
      const draft = await readUsableDraft(store, { project, promptVersion, image: record.image })
      return draft === null
        ? []
        : [{ ...asPicture(store, project, record), boxes: draft.boxes, simulated: isSimulated(draft) }]
    },
    { concurrency: readsAtOnce },
  )
  return found.flat()
}

/**
 * What people accepted last.
 * @throws AdapterError NotFound when nobody accepted anything
 */
export async function reviewedAnswers(store: ObjectStore, project: string): Promise<StoredAnswer[]> {
  const reviews = await latestReviews(store, project)
  if (reviews.size === 0) throw nothing(project, 'accepted reviews')
  const found: StoredAnswer[] = []
  for await (const record of listImages(store, project)) {
    const kept = reviews.get(record.image)
    if (kept === undefined) continue
    // What a person accepted stands, however unsure the model was that proposed it.
    const boxes = kept.review.boxes.map((box) => storedBox({ ...box, score: null }))
    const simulated = isByStandIn(kept.review)
    found.push({ ...asPicture(store, project, record), boxes, simulated })
  }
  return found
}

const nothing = (project: string, what: string): AdapterError =>
  new AdapterError('NotFound', `Project ${project} has no ${what} yet.`, {
    retryable: false,
    hint: 'A cycle makes them: `understudy cycle start`.',
  })
