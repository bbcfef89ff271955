import { pMapIterable } from 'p-map'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { ImageRecord } from '../../domain/schemas/records/image.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readsAtOnce, requireRecord } from './records.ts'

/** Ids of all ingested images, in order of the id, without reading their records. */
export async function* listImageIds(store: ObjectStore, project: string): AsyncIterable<string> {
  const { images } = storeKeys(project)
  for await (const key of store.list(images)) {
    if (key.endsWith('.json')) yield key.slice(images.length, -'.json'.length)
  }
}

/** Records of all ingested images, in order of the id. */
export async function* listImages(store: ObjectStore, project: string): AsyncIterable<ImageRecord> {
  const keys = storeKeys(project)
  yield* pMapIterable(
    listImageIds(store, project),
    async (image) => requireRecord(store, keys.imageRecord(image), ImageRecord),
    { concurrency: readsAtOnce },
  )
}
