import { storeKeys } from '../domain/contracts/store-keys.ts'
import { modelReadme } from '../domain/model-readme.ts'
import { showModel } from './model-registry.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { missingObject } from './store/records.ts'

/** A model as it leaves the project: files by name. */
export interface ModelPackage {
  readonly model: string
  readonly files: readonly { readonly name: string; readonly content: Uint8Array | string }[]
}

/**
 * The ONNX file with its class names, its record and how to run it anywhere.
 * @throws AdapterError NotFound, BadInput when the digits fit several
 */
export async function readModelPackage(
  store: ObjectStore,
  project: string,
  name: string,
): Promise<ModelPackage> {
  const { record, evaluations, curve } = await showModel(store, project, name)
  const key = storeKeys(project).modelOnnx(record.model)
  const onnx = await store.get(key)
  if (onnx === null) throw missingObject(key, 'Restore it from a backup, or train again.')
  const threshold = evaluations.at(-1)?.figures.threshold ?? null
  return {
    model: record.model,
    files: [
      { name: 'model.onnx', content: onnx.body },
      { name: 'classes.txt', content: record.classes.map((one) => `${one}\n`).join('') },
      { name: 'model.json', content: `${JSON.stringify(record, null, 2)}\n` },
      ...(curve === null ? [] : [{ name: 'training.csv', content: curve }]),
      { name: 'README.md', content: modelReadme({ ...record, project, threshold }) },
    ],
  }
}
