import type { ImageSize } from '../domain/box.ts'
import type { DraftPick } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { DraftRecord } from '../domain/schemas/records/draft.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { pickedImages } from './picked-images.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readDraftOf } from './store/drafts.ts'
import { loadImage } from './store/image-bytes.ts'
import { listImages } from './store/images.ts'
import { requireRecord } from './store/records.ts'

/** A drafted image with its draft, blocked ones included. */
export interface DraftedPicture {
  readonly image: string
  /** Paths of its files when it was ingested. */
  readonly sources: readonly string[]
  readonly size: ImageSize
  readonly draft: DraftRecord
  readonly load: () => Promise<Uint8Array>
}

/** Everything drafted under a prompt version, in order of the image's id. */
export async function* draftedPictures(
  store: ObjectStore,
  { project, promptVersion }: { readonly project: string; readonly promptVersion: string },
): AsyncIterable<DraftedPicture> {
  for await (const record of listImages(store, project)) {
    const draft = await readDraftOf(store, { project, promptVersion, image: record.image })
    if (draft !== null) yield asPicture(store, project, record, draft)
  }
}

/** Those of a choice of images that are drafted, in the order of the choice. */
export async function pickedDrafts(
  store: ObjectStore,
  { project, promptVersion }: { readonly project: string; readonly promptVersion: string },
  pick: DraftPick,
): Promise<DraftedPicture[]> {
  const found: DraftedPicture[] = []
  for (const image of await pickedImages(store, project, pick)) {
    const draft = await readDraftOf(store, { project, promptVersion, image })
    if (draft === null) continue
    const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
    found.push(asPicture(store, project, record, draft))
  }
  return found
}

const asPicture = (
  store: ObjectStore,
  project: string,
  record: ImageRecord,
  draft: DraftRecord,
): DraftedPicture => ({
  image: record.image,
  sources: record.sources,
  size: { width: record.width, height: record.height },
  draft,
  load: () => loadImage(store, project, record),
})
