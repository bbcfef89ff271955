import type { ImageSize } from '../domain/box.ts'
import type { DraftRecord } from '../domain/schemas/records/draft.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readDraftOf } from './store/drafts.ts'
import { loadImage } from './store/image-bytes.ts'
import { listImages } from './store/images.ts'

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
    const { image, sources, width, height } = record
    const draft = await readDraftOf(store, { project, promptVersion, image })
    if (draft === null) continue
    yield { image, sources, size: { width, height }, draft, load: () => loadImage(store, project, record) }
  }
}
