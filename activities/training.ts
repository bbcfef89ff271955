import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Context } from '@temporalio/activity'
import type { TrainActivities, TrainingResult } from '../domain/contracts/activities.ts'
import type { TrainerName } from '../domain/contracts/trainers.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { short } from '../domain/contracts/workflow-ids.ts'
import { DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { curveFile, referenceFile, TrainingRecord } from '../domain/schemas/records/model.ts'
import { TrainingPlanRecord } from '../domain/schemas/records/training-plan.ts'
import { sha256Hex } from './content-hash.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { datasetFolder, materialiseDataset } from './materialise-dataset.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { ownVersion } from './own-version.ts'
import type { Trainer, TrainingOutput } from './roles/trainer.ts'
import { loadConfig } from './store/load-config.ts'
import { weightsFile } from './store/weights-file.ts'
import { createProgressMessenger, type SendProgress } from './tell-progress.ts'
import { readRecord, requireRecord, writeRecord } from './store/records.ts'
import { beatWhileTraining } from './training-heartbeat.ts'

export interface TrainingDependencies {
  readonly store: ObjectStore
  /** By name; null: this host has none of that kind. */
  readonly trainers: Readonly<Record<TrainerName, Trainer | null>>
  /** Local folder in which dataset versions and parents' weights are unpacked. */
  readonly datasetsFolder: string
  readonly now: () => Date
  /** Shows people in the web UI how far a training is. */
  readonly sendProgress: SendProgress
}

/** Trains what a plan in the store describes, on this host. */
export function createTrainingActivities(dependencies: TrainingDependencies): TrainActivities {
  return { trainStudent: (input) => trainStudent(dependencies, input) }
}

async function trainStudent(
  { store, trainers, datasetsFolder, now, sendProgress }: TrainingDependencies,
  { project, configHash, dataset, trainKey }: Parameters<TrainActivities['trainStudent']>[0],
): Promise<TrainingResult> {
  const keys = storeKeys(project)
  const done = await finishedTraining(store, project, trainKey)
  if (done !== null) return toResult(done)
  const plan = await requireRecord(store, keys.trainingPlan(trainKey), TrainingPlanRecord)
  if (plan.dataset !== dataset) {
    throw new AdapterError(
      'BadInput',
      `Training ${trainKey} was planned for dataset ${plan.dataset}, not ${dataset}.`,
      {
        retryable: false,
      },
    )
  }
  const trainer = requireTrainer(trainers, plan.trainer.name)
  const { student } = await loadConfig(store, { project, configHash })
  const { images } = await requireRecord(store, keys.datasetRecord(dataset), DatasetRecord)
  const runId = `${project}-${short(trainKey)}`
  const folder = datasetFolder(datasetsFolder, trainKey)
  const context = Context.current()
  const { workflowExecution } = context.info
  const output = await beatWhileTraining(
    context,
    { runId, epochs: plan.arguments.epochs },
    async (watch) => {
      await materialiseDataset(store, folder, { project, dataset, task: plan.task }, () => {
        watch.signal.throwIfAborted()
        watch.leave.throwIfAborted()
      })
      const weights = await fetchWeights(store, datasetsFolder, project, plan.arguments)
      const { task, arguments: planned } = plan
      const maxSeconds = student.maxHours * 3600
      const job = { runId, datasetFolder: folder, task, weights, arguments: planned, maxSeconds }
      return trainer.train(job, watch)
    },
    createProgressMessenger(sendProgress, workflowExecution, () => now().getTime()),
  ).catch(async (error: unknown) => {
    // The copies on this disk may be what is corrupt: the next attempt makes them anew.
    if (error instanceof AdapterError && error.code === 'TrainerCorruptData') await removeFolder(folder)
    throw error
  })
  const { parent, ...made } = plan.arguments
  const model = await uploadModel(store, project, output)
  const record: TrainingRecord = {
    v: 1,
    model,
    dataset,
    trainKey,
    parent,
    task: plan.task,
    trainer: plan.trainer,
    trainedImages: images.train,
    arguments: made,
    startedFrom: plan.startedFrom,
    ranWithBatch: output.ranWithBatch,
    resumed: output.resumed,
    command: [...output.command],
    packages: { ...output.packages },
    platform: { ...output.platform },
    understudy: await ownVersion(),
    seconds: output.seconds,
    createdAt: now().toISOString(),
    epochs: output.epochs,
  }
  await writeRecord(store, keys.training(trainKey), TrainingRecord, record)
  await removeFolder(folder)
  return toResult(record)
}

const removeFolder = async (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

/** The record is written last, so its model's files are there, unless somebody deleted them: then it is trained again. */
async function finishedTraining(
  store: ObjectStore,
  project: string,
  trainKey: string,
): Promise<TrainingRecord | null> {
  const keys = storeKeys(project)
  const record = await readRecord(store, keys.training(trainKey), TrainingRecord)
  return record !== null && (await store.has(keys.modelOnnx(record.model))) ? record : null
}

const toResult = ({ model, epochs, seconds, resumed }: TrainingRecord): TrainingResult => ({
  model,
  epochs,
  seconds,
  resumed,
})

async function uploadModel(store: ObjectStore, project: string, output: TrainingOutput): Promise<string> {
  const keys = storeKeys(project)
  const onnx = await readFile(output.onnxPath)
  const model = sha256Hex(onnx)
  if (output.weightsPath !== null) {
    const weights = await readFile(output.weightsPath)
    await store.put(keys.modelFile(model, weightsFile), weights, 'application/octet-stream')
  }
  await store.put(keys.modelFile(model, curveFile), await readFile(output.curvePath), 'text/csv')
  if (output.referencePath !== null) {
    const reference = await readFile(output.referencePath)
    await store.put(keys.modelFile(model, referenceFile), reference, 'application/json')
  }
  await store.put(keys.modelOnnx(model), onnx, 'application/octet-stream')
  return model
}

function requireTrainer(trainers: TrainingDependencies['trainers'], name: TrainerName): Trainer {
  const trainer = trainers[name]
  if (trainer !== null) return trainer
  throw new AdapterError('TrainerMissing', `This training host has no trainer of the kind "${name}".`, {
    retryable: false,
    hint: 'Set UNDERSTUDY_TRAINER_COMMAND to its program for the worker of the train queue (docs/trainers.md).',
  })
}

/**
 * Local copy of the weights to begin with; null: from scratch. They are a pickle: only ones that this project trained, or
 * that its own config let into the store, are ever fetched.
 * @throws AdapterError NotFound
 */
async function fetchWeights(
  store: ObjectStore,
  folder: string,
  project: string,
  { parent, baseWeights }: TrainingPlanRecord['arguments'],
): Promise<string | null> {
  const hash = parent ?? baseWeights?.sha256
  if (hash === undefined) return null
  const keys = storeKeys(project)
  const key = parent === null ? keys.baseWeights(hash) : keys.modelFile(parent, weightsFile)
  const object = await store.get(key)
  if (object === null || (parent === null && sha256Hex(object.body) !== hash)) {
    throw new AdapterError(
      'NotFound',
      parent === null
        ? `The base weights ${baseWeights?.name ?? ''} are not in the store as they were.`
        : `The weights of model ${parent} are not in the store.`,
      {
        retryable: false,
        hint: 'Set student.startFrom to "scratch" in understudy.yaml, or restore the weights from a backup.',
      },
    )
  }
  const path = join(folder, 'parents', `${hash}.pt`)
  await mkdir(join(folder, 'parents'), { recursive: true })
  await writeFile(`${path}.part`, object.body)
  await rename(`${path}.part`, path)
  return path
}
