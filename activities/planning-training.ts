import type { CoreActivities, TrainingPlan } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { singleBoxes } from '../domain/metrics/crowd.ts'
import type { ProjectConfig } from '../domain/schemas/project-config.ts'
import { DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { ChampionRecord, ModelRecord, TrainingRecord } from '../domain/schemas/records/model.ts'
import { TrainingPlanRecord } from '../domain/schemas/records/training-plan.ts'
import {
  objectShare,
  planTrainingArguments,
  trainerIdentity,
  type PossibleParent,
} from '../domain/training-plan.ts'
import { hashOf } from './content-hash.ts'
import { readDataset } from './prediction-pools.ts'
import { requireJudgeable } from './require-judgeable.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord, requireRecord, writeRecordOnce } from './store/records.ts'

export interface TrainingPlanDependencies {
  readonly store: ObjectStore
  /** Pretrained weights that the training hosts have, by name or path; left out or null: none. */
  readonly pretrained?: string | null
}

type PlanInput = Parameters<CoreActivities['planTraining']>[0]

/**
 * Fixes everything about a training and keeps it as a plan in the store, under the hash of all of it. Says the model when
 * that very training has been done and registered already.
 */
export async function planTraining(
  { store, pretrained = null }: TrainingPlanDependencies,
  { project, configHash, dataset }: PlanInput,
): Promise<TrainingPlan> {
  const keys = storeKeys(project)
  const config = await loadConfig(store, { project, configHash })
  const { images } = await requireRecord(store, keys.datasetRecord(dataset), DatasetRecord)
  await requireJudgeable(store, project, dataset)
  const plan = planTrainingArguments({
    wishes: config.student,
    trainImages: images.train,
    valImages: images.val,
    objectShares: await trainingObjectShares(store, project, dataset),
    champion: await possibleParent(store, project, dataset, config.student),
    pretrained,
  })
  const identity = { dataset, trainer: trainerIdentity, arguments: plan.arguments }
  const trainKey = hashOf(identity)
  await writeRecordOnce(store, keys.trainingPlan(trainKey), TrainingPlanRecord, {
    v: 1,
    trainKey,
    ...identity,
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
  { startFrom }: ProjectConfig['student'],
): Promise<PossibleParent | null> {
  if (startFrom === 'scratch') return null
  const keys = storeKeys(project)
  const champion = await readRecord(store, keys.champion, ChampionRecord)
  const reigning = champion && (await readRecord(store, keys.modelRecord(champion.model), ModelRecord))
  if (!reigning) return null
  if (reigning.dataset !== dataset) return asParent(reigning)
  if (reigning.parent === null) return null
  const grandparent = await readRecord(store, keys.modelRecord(reigning.parent), ModelRecord)
  return grandparent && asParent(grandparent)
}

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
