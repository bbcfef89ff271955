import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { checkLines, type CheckedImage, type Finding } from '../domain/dataset-check.ts'
import type { ImageRecord } from '../domain/schemas/records/image.ts'
import { sha256Hex } from './content-hash.ts'
import { datasetLines, findDataset } from './dataset-library.ts'
import type { DecodeImage } from './roles/image-normaliser.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listImages } from './store/images.ts'
import { missingObject, readsAtOnce } from './store/records.ts'
import { isImported, listReviews } from './store/reviews.ts'

export interface DatasetCheckRequest {
  readonly project: string
  /** Hash or the first digits of it; null: the newest. */
  readonly dataset: string | null
  /** False: the pictures are not opened, which is most of the time. */
  readonly pictures: boolean
  readonly signal: AbortSignal
  /** `total` is null while it is not known. */
  readonly onProgress: (stage: 'records' | 'pictures', done: number, total: number | null) => void
}

export interface DatasetCheck {
  readonly dataset: string
  readonly images: number
  readonly boxes: number
  /** False when the pictures were not opened. */
  readonly picturesOpened: boolean
  readonly findings: readonly Finding[]
}

/** Looks a dataset version over: its lines, its images' records, its reviews, and the pictures themselves. */
export function createDatasetCheck({ store, decode }: { store: ObjectStore; decode: DecodeImage }) {
  return async ({ project, dataset, pictures, signal, onProgress }: DatasetCheckRequest) => {
    const version = await findDataset(store, project, dataset)
    const lines = await datasetLines(store, project, version.dataset)
    const records = await readRecords(store, project, (done) => onProgress('records', done, null))
    const broken: Finding[] = []
    let opened = 0
    const images = await pMap(
      lines,
      async (line): Promise<CheckedImage> => {
        const record = records.get(line.image)
        if (record === undefined) throw missingObject(storeKeys(project).imageRecord(line.image))
        const finding = pictures ? await openPicture(store, decode, project, record) : null
        if (finding !== null) broken.push(finding)
        if (pictures) onProgress('pictures', ++opened, lines.length)
        return { ...line, dhash: record.dhash, storedSha256: record.storedSha256 }
      },
      { concurrency: readsAtOnce, signal },
    )
    const quarantined = [...records.values()].filter(({ split }) => split === 'quarantined')
    const findings = [
      ...checkLines(images, version.classes),
      ...broken.sort((a, b) => (a.subject < b.subject ? -1 : 1)),
      ...(await severalAnnotations(store, project, new Set(lines.map(({ image }) => image)))),
      ...quarantined.map(asFinding),
    ]
    const check: DatasetCheck = {
      dataset: version.dataset,
      images: lines.length,
      boxes: version.boxes,
      picturesOpened: pictures,
      findings,
    }
    return check
  }
}

async function readRecords(
  store: ObjectStore,
  project: string,
  onRecord: (done: number) => void,
): Promise<Map<string, ImageRecord>> {
  const records = new Map<string, ImageRecord>()
  for await (const record of listImages(store, project)) {
    records.set(record.image, record)
    onRecord(records.size)
  }
  return records
}

/** Null when the picture is whole, of the size that the labels were made for, and has the bytes that were stored. */
async function openPicture(
  store: ObjectStore,
  decode: DecodeImage,
  project: string,
  { image, extension, width, height, storedSha256 }: ImageRecord,
): Promise<Finding | null> {
  const corrupt = (detail: string): Finding => ({ kind: 'corrupt-image', subject: image, detail })
  const object = await store.get(storeKeys(project).imageBytes(image, extension))
  if (object === null) return corrupt('its bytes are gone from the store')
  const decoded = await decode(object.body)
  if (!decoded.ok) return corrupt(decoded.detail)
  if (decoded.width !== width || decoded.height !== height)
    return corrupt(`it is ${decoded.width}x${decoded.height} and was ${width}x${height}`)
  if (sha256Hex(object.body) !== storedSha256) return corrupt('its bytes are not those that were stored')
  return null
}

/** Tasks with answers of several people, or several answers of one: only the newest counts, and nobody chose it. */
async function severalAnnotations(
  store: ObjectStore,
  project: string,
  images: ReadonlySet<string>,
): Promise<Finding[]> {
  const annotations = new Map<string, { image: string; ids: Set<number> }>()
  for await (const { review } of listReviews(store, project)) {
    if (isImported(review) || review.outcome !== 'accepted' || !images.has(review.image)) continue
    const task = annotations.get(review.uid) ?? { image: review.image, ids: new Set() }
    annotations.set(review.uid, task)
    task.ids.add(review.annotationId)
  }
  return [...annotations.values()]
    .filter(({ ids }) => ids.size > 1)
    .map(({ image, ids }) => {
      const detail = `annotations ${[...ids].sort((a, b) => a - b).join(', ')} on one task; the newest counts`
      return { kind: 'several-annotations', subject: image, detail }
    })
}

const asFinding = ({ image, sources }: ImageRecord): Finding => {
  const detail = `${sources[0] ?? ''} joins groups of different splits: it is never used`
  return { kind: 'quarantined', subject: image, detail }
}
