import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { detectionDefaults } from '../../domain/detection-defaults.ts'
import { PredictionLine, PredictionManifest } from '../../domain/schemas/records/prediction.ts'
import { hashOf } from '../content-hash.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readLines, requireRecord } from './records.ts'

/** Tells predictions made with other settings apart: part of their key. */
const settingsHash = hashOf(detectionDefaults).slice(0, 16)

/** Where the predictions of one shard of a manifest lie, made with {@link detectionDefaults}. */
export const predictionShardKey = (project: string, model: string, manifest: string, shard: number): string =>
  storeKeys(project).predictionShard(model, manifest, settingsHash, shard)

/** Which images a manifest names. Fails with NotFound. */
export const readManifest = async (
  store: ObjectStore,
  project: string,
  manifest: string,
): Promise<PredictionManifest> =>
  requireRecord(store, storeKeys(project).predictionManifest(manifest), PredictionManifest)

/** All predictions of a model on a manifest's images, shard after shard. Fails with NotFound when a shard is missing. */
export async function readPredictions(
  store: ObjectStore,
  project: string,
  model: string,
  manifest: string,
): Promise<PredictionLine[]> {
  const { shards } = await readManifest(store, project, manifest)
  const lines: PredictionLine[] = []
  for (const shard of shards.keys()) {
    lines.push(
      ...(await readLines(store, predictionShardKey(project, model, manifest, shard), PredictionLine)),
    )
  }
  return lines
}
