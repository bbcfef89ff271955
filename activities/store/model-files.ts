import { existsSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { sha256Hex } from '../content-hash.ts'
import { AdapterError } from '../errors/adapter-error.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { missingObject } from './records.ts'

/**
 * Path of a model's ONNX file on this machine, fetched from the store when it is not there yet. The name is the hash
 * and the file appears in one step: one that is there is whole, and two fetches at once do no harm.
 * @throws AdapterError NotFound when the store has no such model, ModelUnreadable when its bytes have another hash
 */
export async function fetchModelFile(
  store: ObjectStore,
  modelsFolder: string,
  { project, model }: { readonly project: string; readonly model: string },
): Promise<string> {
  const path = join(modelsFolder, `${model}.onnx`)
  if (existsSync(path)) return path
  const key = storeKeys(project).modelOnnx(model)
  const object = await store.get(key)
  if (object === null) throw missingObject(key, 'Restore it from a backup, or train again.')
  const hash = sha256Hex(object.body)
  if (hash !== model) {
    throw new AdapterError(
      'ModelUnreadable',
      `The object ${key} has the hash ${hash}: it is not the file it was.`,
      {
        retryable: false,
        hint: 'Restore it from a backup, or train again.',
      },
    )
  }
  await mkdir(modelsFolder, { recursive: true })
  const partial = `${path}.${randomUUID()}.part`
  try {
    await writeFile(partial, object.body)
    await rename(partial, path)
  } finally {
    await rm(partial, { force: true })
  }
  return path
}
