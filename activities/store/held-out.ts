import type { PredictionLine } from '../../domain/schemas/records/prediction.ts'
import type { DatasetLine } from '../../domain/schemas/records/dataset.ts'
import { readDataset } from '../prediction-pools.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readPredictions } from './predictions.ts'

/** A reviewed held-out image of a dataset version with what a model says of it. */
export interface HeldOutImage {
  readonly line: DatasetLine
  readonly prediction: PredictionLine
}

/** Held-out images of one split that the manifest's predictions cover, in the dataset's order. Unreadable ones are left out. */
export async function heldOutPredictions(
  store: ObjectStore,
  { project, dataset, model, manifest }: Record<'project' | 'dataset' | 'model' | 'manifest', string>,
  split: 'val' | 'test',
): Promise<HeldOutImage[]> {
  const predictions = await readPredictions(store, project, model, manifest)
  const byImage = new Map(predictions.map((line) => [line.image, line]))
  const found: HeldOutImage[] = []
  for await (const line of readDataset(store, project, dataset)) {
    const prediction = byImage.get(line.image)
    if (line.split !== split || prediction === undefined || prediction.error !== null) continue
    found.push({ line, prediction })
  }
  return found
}
