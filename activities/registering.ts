import type { InferActivities } from '../domain/contracts/activities.ts'
import type { Task } from '../domain/contracts/tasks.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { detectionDefaults } from '../domain/detection-defaults.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { ModelRecord, TrainingRecord } from '../domain/schemas/records/model.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { readDataset } from './prediction-pools.ts'
import type { Detector } from './roles/detector.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'
import { fetchModelFile } from './store/model-files.ts'
import { requireRecord, writeRecord } from './store/records.ts'
import { loadImage } from './store/image-bytes.ts'

export interface InferenceDependencies {
  readonly store: ObjectStore
  readonly detector: Detector
  /** Local folder in which model files are kept. */
  readonly modelsFolder: string
}

/**
 * Takes an exported model into the registry: opens the file, holds its classes against the project's, runs it on one
 * image of its dataset, and only then writes its record.
 * @throws AdapterError ModelUnreadable, ModelUnsupported, ModelClassesDiffer, NotFound
 */
export async function registerModel(
  { store, detector, modelsFolder }: InferenceDependencies,
  { project, configHash, model, dataset, trainKey }: Parameters<InferActivities['registerModel']>[0],
): Promise<{ model: string }> {
  const keys = storeKeys(project)
  const training = await requireRecord(store, keys.training(trainKey), TrainingRecord)
  if (training.model !== model || training.dataset !== dataset) {
    throw new AdapterError(
      'BadInput',
      `Training ${trainKey} made model ${training.model} from dataset ${training.dataset}, not ${model} from ${dataset}.`,
      { retryable: false },
    )
  }
  const path = await fetchModelFile(store, modelsFolder, { project, model })
  const { classes, imageSize, task } = await detector.describe(path)
  requireSameTask(task, training.task)
  const config = await loadConfig(store, { project, configHash })
  requireSameClasses(
    classes,
    config.classes.map(({ name }) => name),
  )
  await runOnce({ store, detector }, path, project, dataset)
  await writeRecord(store, keys.modelRecord(model), ModelRecord, {
    ...training,
    classes: [...classes],
    imageSize,
  })
  return { model }
}

/** Base weights of the other kind make a model of the other kind, whatever the trainer was told. */
function requireSameTask(found: Task, expected: Task): void {
  if (found === expected) return
  throw new AdapterError(
    'ModelUnsupported',
    `The trained model is for "${found}"; the project has the task "${expected}".`,
    {
      retryable: false,
      hint: 'Name weights of that task in student.architecture, such as yolo11n-seg.pt for segment.',
    },
  )
}

function requireSameClasses(found: readonly string[], expected: readonly string[]): void {
  if (found.length === expected.length && found.every((name, index) => name === expected[index])) return
  throw new AdapterError(
    'ModelClassesDiffer',
    `The model names the classes ${listed(found)}; the project has ${listed(expected)}, and the order counts.`,
    { retryable: false, hint: 'Train on a dataset made with the present classes.' },
  )
}

const listed = (names: readonly string[]): string => names.map((name) => JSON.stringify(name)).join(', ')

async function runOnce(
  { store, detector }: Pick<InferenceDependencies, 'store' | 'detector'>,
  path: string,
  project: string,
  dataset: string,
): Promise<void> {
  for await (const { image } of readDataset(store, project, dataset)) {
    const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
    const source = await loadImage(store, project, record)
    for await (const result of detector.detect(path, [{ id: image, source }], detectionDefaults)) {
      if (result.ok) return
      throw new AdapterError('ImageUnreadable', `Image ${image} of the dataset: ${result.error.message}`, {
        retryable: false,
      })
    }
  }
  throw new AdapterError('DatasetUnusable', `Dataset ${dataset} has no image to try the model on.`, {
    retryable: false,
  })
}
