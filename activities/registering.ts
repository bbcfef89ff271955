import type { InferActivities } from '../domain/contracts/activities.ts'
import type { Task } from '../domain/contracts/tasks.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { detectionDefaults } from '../domain/detection-defaults.ts'
import { compareWithReference, fromShares, referenceTolerance } from '../domain/reference-check.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { ModelRecord, referenceFile, TrainingRecord } from '../domain/schemas/records/model.ts'
import { ReferenceRecord } from '../domain/schemas/records/reference.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { readDataset } from './prediction-pools.ts'
import type { DetectionResult, DetectionSettings, Detector } from './roles/detector.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'
import { fetchModelFile } from './store/model-files.ts'
import { readRecord, requireRecord, writeRecord } from './store/records.ts'
import { loadImage } from './store/image-bytes.ts'

export interface InferenceDependencies {
  readonly store: ObjectStore
  readonly detector: Detector
  /** Local folder in which model files are kept. */
  readonly modelsFolder: string
}

/**
 * Takes an exported model into the registry: opens the file, holds its classes against the project's, holds what
 * it finds on one image against what its trainer finds there, and only then writes its record.
 * @throws AdapterError ModelUnreadable, ModelUnsupported, ModelClassesDiffer, ModelRuntimesDiffer, NotFound
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
  const checked = await tryModel({ store, detector }, path, { project, model, dataset }, classes)
  await writeRecord(store, keys.modelRecord(model), ModelRecord, {
    ...training,
    classes: [...classes],
    imageSize,
    checked,
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

/**
 * Runs the model on the image that its trainer looked at, and compares. Without a reference it is run on any image of its
 * dataset: that it runs is all that can be said then.
 */
async function tryModel(
  parts: Pick<InferenceDependencies, 'store' | 'detector'>,
  path: string,
  model: { readonly project: string; readonly model: string; readonly dataset: string },
  classes: readonly string[],
): Promise<ModelRecord['checked']> {
  const { store } = parts
  const { project, dataset } = model
  const key = storeKeys(project).modelFile(model.model, referenceFile)
  const reference = await readRecord(store, key, ReferenceRecord)
  if (reference === null) {
    for await (const { image } of readDataset(store, project, dataset)) {
      await lookAt(parts, path, { project, image }, detectionDefaults)
      return null
    }
    throw new AdapterError('DatasetUnusable', `Dataset ${dataset} has no image to try the model on.`, {
      retryable: false,
    })
  }
  const { image, settings, complete } = reference
  const { size, boxes } = await lookAt(parts, path, { project, image }, settings)
  const expected = reference.boxes.map((box) => ({
    class: classes[box.class] ?? `class ${box.class}`,
    xyxy: box.xywh === null ? null : fromShares(box.xywh, size),
    score: box.score,
  }))
  const { differences, ...agreement } = compareWithReference(expected, boxes, { ...settings, complete })
  if (differences.length > 0) throw runtimesDiffer(model.model, image, differences)
  return { image, ...agreement }
}

async function lookAt(
  { store, detector }: Pick<InferenceDependencies, 'store' | 'detector'>,
  path: string,
  { project, image }: { readonly project: string; readonly image: string },
  settings: DetectionSettings,
): Promise<DetectionResult & { readonly ok: true }> {
  const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
  const source = await loadImage(store, project, record)
  for await (const result of detector.detect(path, [{ id: image, source }], settings)) {
    if (result.ok) return result
    throw new AdapterError('ImageUnreadable', `Image ${image} of the dataset: ${result.error.message}`, {
      retryable: false,
    })
  }
  throw new AdapterError('Internal', `The detector said nothing of image ${image}.`, { retryable: false })
}

const namedDifferences = 3

const runtimesDiffer = (model: string, image: string, differences: readonly string[]): AdapterError => {
  const more =
    differences.length > namedDifferences ? `; and ${differences.length - namedDifferences} more` : ''
  const { pixels, score } = referenceTolerance
  return new AdapterError(
    'ModelRuntimesDiffer',
    `Model ${model} does not find here what its trainer finds on image ${image} (within ${pixels} px and ${score}): ${differences.slice(0, namedDifferences).join('; ')}${more}.`,
    {
      retryable: false,
      hint: 'The export is faulty, or the trainer on that host is not the pinned version: see `understudy doctor` there, then train again.',
    },
  )
}
