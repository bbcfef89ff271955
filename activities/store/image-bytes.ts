import { storeKeys } from '../../domain/contracts/store-keys.ts'
import type { ImageRecord } from '../../domain/schemas/records/image.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { missingObject } from './records.ts'

/** The picture of an ingested image, encoded and upright. Fails with NotFound. */
export async function loadImage(
  store: ObjectStore,
  project: string,
  { image, extension }: Pick<ImageRecord, 'image' | 'extension'>,
): Promise<Uint8Array> {
  const key = storeKeys(project).imageBytes(image, extension)
  const object = await store.get(key)
  if (object !== null) return object.body
  throw missingObject(key, 'Ingest the folder it came from again: what is there is not uploaded twice.')
}
