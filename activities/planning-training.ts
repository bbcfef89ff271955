import type { CoreActivities, TrainingPlan } from '../domain/contracts/activities.ts'
import { basename } from 'node:path'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { singleBoxes } from '../domain/metrics/crowd.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { ChampionRecord, ModelRecord, TrainingRecord } from '../domain/schemas/records/model.ts'
import { TrainingPlanRecord } from '../domain/schemas/records/training-plan.ts'
import {
  goesOnFrom,
  objectShare,
  planTrainingArguments,
  trainerIdentity,
  type PossibleParent,
} from '../domain/training-plan.ts'
import { findBaseWeights, type BaseWeightsDependencies } from './base-weights.ts'
import { hashOf } from './content-hash.ts'
import { readDataset } from './prediction-pools.ts'
import { requireJudgeable } from './require-judgeable.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'
import { weightsFile } from './store/weights-file.ts'
import { readRecord, requireRecord, writeRecordOnce } from './store/records.ts'

export type TrainingPlanDependencies = BaseWeightsDependencies

type PlanInput = Parameters<CoreActivities['planTraining']>[0]

/**
 * Fixes everything about a training and keeps it as a plan in the store, under the hash of all of it. Says the model when
 * that very training has been done and registered already.
 */
export async function planTraining(
  dependencies: TrainingPlanDependencies,
  { project, configHash, dataset }: PlanInput,
): Promise<TrainingPlan> {
  const { store } = dependencies
  const keys = storeKeys(project)
  const config = await loadConfig(store, { project, configHash })
  const { images } = await requireRecord(store, keys.datasetRecord(dataset), DatasetRecord)
  await requireJudgeable(store, project, dataset)
  const { task, student } = config
  const wishes = { ...student, architecture: basename(student.architecture) }
  const champion = await possibleParent(store, project, dataset, config)
  const plan = planTrainingArguments({
    wishes,
    trainImages: images.train,
    valImages: images.val,
    objectShares: await trainingObjectShares(store, project, dataset),
    champion,
    pretrained: goesOnFrom(champion, wishes)
      ? ''
      : await findBaseWeights(dependencies, {
          project,
          task,
          // Another trainer's own small weights are its own business.
          architecture:
            student.trainer === 'command' && wishes.architecture === 'auto' ? '' : student.architecture,
          mayDownload: student.downloadWeights,
        }),
  })
  const trainer = trainerIdentity(student.trainer, student.trainerVersion)
  const identity = { dataset, task, trainer, arguments: plan.arguments }
  const trainKey = hashOf(identity)
  await writeRecordOnce(store, keys.trainingPlan(trainKey), TrainingPlanRecord, {
    v: 1,
    trainKey,
    ...identity,
    startedFrom: plan.startedFrom,
  })
  return {
    trainKey,
    model: await registeredModel(store, project, trainKey),
    epochs: plan.arguments.epochs,
    images: images.train,
    description: plan.description,
  }
}

async function trainingObjectShares(store: ObjectStore, project: string, dataset: string): Promise<number[]> {
  const shares: number[] = []
  for await (const line of readDataset(store, project, dataset)) {
    if (line.split === 'train')
      shares.push(...singleBoxes(line.boxes).map(({ xyxy }) => objectShare(xyxy, line)))
  }
  return shares
}

/**
 * The champion, when it is asked for and did not come from this very dataset: then the training that made it is the one
 * meant, so it is planned from the same parent and found done.
 */
async function possibleParent(
  store: ObjectStore,
  project: string,
  dataset: string,
  { task, student }: ProjectConfig,
): Promise<PossibleParent | null> {
  if (student.startFrom === 'scratch') return null
  const keys = storeKeys(project)
  const champion = await readRecord(store, keys.champion, ChampionRecord)
  const reigning = champion && (await readRecord(store, keys.modelRecord(champion.model), ModelRecord))
  if (!reigning || reigning.task !== task || reigning.trainer.name !== student.trainer) return null
  if (reigning.dataset !== dataset)
    return (await isGoneOnFrom(store, project, reigning)) ? asParent(reigning) : null
  if (reigning.parent === null) return null
  const grandparent = await readRecord(store, keys.modelRecord(reigning.parent), ModelRecord)
  return grandparent && asParent(grandparent)
}

/** Another trainer need not keep anything to go on from. That ours lie there is known: when they are gone, training says so. */
const isGoneOnFrom = async (store: ObjectStore, project: string, { model, trainer }: ModelRecord) =>
  trainer.name === 'ultralytics' || store.has(storeKeys(project).modelFile(model, weightsFile))

const asParent = ({ model, arguments: made }: ModelRecord): PossibleParent => ({
  model,
  architecture: made.architecture,
  imageSize: made.imageSize,
})

async function registeredModel(
  store: ObjectStore,
  project: string,
  trainKey: string,
): Promise<string | null> {
  const keys = storeKeys(project)
  const training = await readRecord(store, keys.training(trainKey), TrainingRecord)
  if (training === null) return null
  return (await store.has(keys.modelRecord(training.model))) ? training.model : null
}
