import type { Split } from '../../domain/contracts/splits.ts'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { ImageRecord } from '../../domain/schemas/records/image.ts'
import { sha256Hex } from '../content-hash.ts'
import { AdapterError } from '../errors/adapter-error.ts'
import type { NormalisedImage } from '../roles/image-normaliser.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { missingObject, readRecordWithTag, writeRecordIfUnchanged, writeRecordOnce } from './records.ts'

export interface ImageToStore {
  /** SHA-256 of the source file. */
  readonly image: string
  readonly sources: readonly string[]
  readonly sourceGroup: string | null
  readonly group: string
  readonly split: Split
}

/**
 * Stores an image: bytes first, then the record that makes it count. False when somebody else stored it meanwhile; its
 * names are added then, its group and split stay.
 */
export async function storeImage(
  store: ObjectStore,
  project: string,
  { image, sources, sourceGroup, group, split }: ImageToStore,
  { body, extension, mimeType, width, height, dhash, converted }: NormalisedImage,
  ingestedAt: Date,
): Promise<boolean> {
  const keys = storeKeys(project)
  const bytesKey = keys.imageBytes(image, extension)
  // Bytes that were kept as they are can only be the same; a conversion may differ between versions, and the record names its hash.
  if (converted || !(await store.has(bytesKey))) await store.put(bytesKey, body, mimeType)
  const fresh = await writeRecordOnce(store, keys.imageRecord(image), ImageRecord, {
    v: 1,
    image,
    storedSha256: converted ? sha256Hex(body) : image,
    extension,
    mimeType,
    width,
    height,
    sources: [...sources],
    group,
    split,
    sourceGroup,
    dhash,
    ingestedAt: ingestedAt.toISOString(),
  })
  if (!fresh) await addSources(store, project, image, sources)
  return fresh
}

/** Two ingests of one folder at once take turns; more than that is somebody changing records by hand. */
const triesToAdd = 5

/** Adds names under which an image was found; everything else of the record stays. Fails with WriteConflict. */
export async function addSources(
  store: ObjectStore,
  project: string,
  image: string,
  sources: readonly string[],
): Promise<void> {
  const key = storeKeys(project).imageRecord(image)
  for (let attempt = 0; attempt < triesToAdd; attempt++) {
    const found = await readRecordWithTag(store, key, ImageRecord)
    if (found === null) throw missingObject(key)
    const { record, etag } = found
    const all = [...new Set([...record.sources, ...sources])]
    if (all.length === record.sources.length) return
    const changed = { ...record, sources: all }
    if (await writeRecordIfUnchanged(store, key, ImageRecord, changed, etag)) return
  }
  throw new AdapterError('WriteConflict', `The record of image ${image} is being changed by somebody else.`, {
    retryable: true,
    hint: 'Run the ingest again when the other one has ended.',
  })
}
