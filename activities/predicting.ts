import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { pMapIterable } from 'p-map'
import type { CoreActivities, InferActivities, PredictionPlan } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { detectionDefaults } from '../domain/detection-defaults.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { PredictionLine, PredictionManifest } from '../domain/schemas/records/prediction.ts'
import { hashOf } from './content-hash.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { heldOutImages, unlearntImages } from './prediction-pools.ts'
import { registerModel, type InferenceDependencies } from './registering.ts'
import type { DetectionResult } from './roles/detector.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadImage } from './store/image-bytes.ts'
import { fetchModelFile } from './store/model-files.ts'
import { predictionShardKey, readManifest } from './store/predictions.ts'
import { readLines, requireRecord, writeLines, writeRecord } from './store/records.ts'

/** A shard takes seconds to minutes: little is lost when a worker dies, and the list of shards stays short. */
const imagesAShard = 200
const downloadsAtOnce = 8
/** From here on it pays to find out first how the machine runs the model fastest. */
const tunedFrom = 100

export type PredictingActivities = Pick<CoreActivities, 'planPredictions'> & InferActivities

/** Choosing images for a model, running it on them, and taking it into the registry. */
export function createPredictingActivities(dependencies: InferenceDependencies): PredictingActivities {
  const { store } = dependencies
  return {
    planPredictions: (input) => planPredictions(store, input),
    registerModel: (input) => registerModel(dependencies, input),
    predictShard: (input) => predictShard(dependencies, input),
  }
}

async function planPredictions(
  store: ObjectStore,
  input: Parameters<CoreActivities['planPredictions']>[0],
): Promise<PredictionPlan> {
  const { project, pool, promptVersion = null } = input
  const images =
    pool === 'held-out'
      ? await heldOutImages(store, input)
      : await unlearntImages(store, { ...input, promptVersion })
  images.sort()
  const content: PredictionManifest = { v: 1, pool, shards: sharded(images) }
  const manifest = hashOf(content)
  await writeRecord(store, storeKeys(project).predictionManifest(manifest), PredictionManifest, content)
  return { manifest, images: images.length, shards: content.shards.length }
}

const sharded = (images: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(images.length / imagesAShard) }, (_, shard) =>
    images.slice(shard * imagesAShard, (shard + 1) * imagesAShard),
  )

async function predictShard(
  { store, detector, modelsFolder }: InferenceDependencies,
  { project, model, manifest, shard }: Parameters<InferActivities['predictShard']>[0],
): Promise<{ images: number; boxes: number }> {
  const key = predictionShardKey(project, model, manifest, shard)
  // Everything that decides the predictions is in the key: what is there is what would be written.
  if (await store.has(key)) return counted(await readLines(store, key, PredictionLine))

  const images = (await readManifest(store, project, manifest)).shards[shard]
  if (images === undefined) {
    throw new AdapterError('NotFound', `Manifest ${manifest} has no shard ${shard}.`, { retryable: false })
  }
  const path = await fetchModelFile(store, modelsFolder, { project, model })
  if (images.length >= tunedFrom) await detector.tune(path)
  const records = new Map<string, ImageRecord>()
  const pictures = pMapIterable(
    images,
    async (image) => {
      const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
      records.set(image, record)
      return { id: image, source: await loadImage(store, project, record) }
    },
    { concurrency: downloadsAtOnce },
  )
  const lines: PredictionLine[] = []
  for await (const result of detector.detect(path, pictures, detectionDefaults)) {
    cancellationSignal().throwIfAborted()
    const record = records.get(result.id)
    if (record === undefined)
      throw new Error(`The detector answered for ${result.id}, which it was not given`)
    lines.push(toLine(result, record))
    heartbeat({ images: lines.length, of: images.length })
  }
  await writeLines(store, key, PredictionLine, lines)
  return counted(lines)
}

const counted = (lines: readonly PredictionLine[]): { images: number; boxes: number } => ({
  images: lines.length,
  boxes: lines.reduce((sum, { boxes }) => sum + boxes.length, 0),
})

function toLine(result: DetectionResult, { image, width, height }: ImageRecord): PredictionLine {
  const line = { image, width, height, boxes: [], error: null }
  if (!result.ok) return { ...line, error: result.error.message }
  if (result.size.width !== width || result.size.height !== height) {
    const error = `The picture is ${result.size.width}x${result.size.height}, its record says ${width}x${height}.`
    return { ...line, error }
  }
  return { ...line, boxes: result.boxes.map((box) => ({ ...box, xyxy: [...box.xyxy] })) }
}
