import { storeKeys } from '../domain/contracts/store-keys.ts'
import { DatasetLine, DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { ModelRecord } from '../domain/schemas/records/model.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { draftedImages } from './store/drafts.ts'
import { listImages } from './store/images.ts'
import { readLines, readRecord, requireRecord } from './store/records.ts'

interface PoolInput {
  readonly project: string
  readonly model: string
  readonly dataset: string
}

/** Images of a dataset's lines, chunk after chunk. Fails with NotFound. */
export async function* readDataset(
  store: ObjectStore,
  project: string,
  dataset: string,
): AsyncIterable<DatasetLine> {
  const { chunks } = await requireRecord(store, storeKeys(project).datasetRecord(dataset), DatasetRecord)
  for (const chunk of chunks) yield* await readLines(store, chunk, DatasetLine)
}

/** Ids of the reviewed validation and test images of a dataset. */
export async function heldOutImages(store: ObjectStore, { project, dataset }: PoolInput): Promise<string[]> {
  const images: string[] = []
  for await (const { image, split } of readDataset(store, project, dataset)) {
    if (split === 'val' || split === 'test') images.push(image)
  }
  return images
}

/**
 * Ids of drafted training-split images that the model has not seen in training: only there do its scores tell anything
 * about the labels. Counted as seen: the training images of the given dataset, of the model's own, and of every model it
 * was warm-started from.
 */
export async function unlearntImages(
  store: ObjectStore,
  input: PoolInput & { readonly promptVersion: string | null },
): Promise<string[]> {
  const seen = await learntImages(store, input)
  const drafted = await draftedImages(store, input)
  const images: string[] = []
  for await (const { image, split } of listImages(store, input.project)) {
    if (split === 'train' && drafted.has(image) && !seen.has(image)) images.push(image)
  }
  return images
}

async function learntImages(
  store: ObjectStore,
  { project, model, dataset }: PoolInput,
): Promise<Set<string>> {
  const learnt = new Set<string>()
  for (const version of new Set([dataset, ...(await ancestralDatasets(store, project, model))])) {
    for await (const { image, split } of readDataset(store, project, version)) {
      if (split === 'train') learnt.add(image)
    }
  }
  return learnt
}

async function ancestralDatasets(store: ObjectStore, project: string, model: string): Promise<string[]> {
  const datasets: string[] = []
  const visited = new Set<string>()
  let next: string | null = model
  while (next !== null && !visited.has(next)) {
    visited.add(next)
    const record: ModelRecord | null = await readRecord(
      store,
      storeKeys(project).modelRecord(next),
      ModelRecord,
    )
    if (record !== null) datasets.push(record.dataset)
    next = record?.parent ?? null
  }
  return datasets
}
