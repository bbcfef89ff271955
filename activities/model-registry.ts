import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { EvaluationRecord } from '../domain/schemas/records/cycle.ts'
import type { JudgementRecord } from '../domain/schemas/records/judgement.ts'
import { ModelRecord, type ChampionRecord } from '../domain/schemas/records/model.ts'
import { cycleNumbers } from './cycles.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listJudgements } from './store/judgements.ts'
import { readRecord, readsAtOnce, requireRecord } from './store/records.ts'
import { findModel } from './stored-model.ts'
import { readSuccession } from './succession.ts'

/** What one cycle measured on a model. */
export interface Evaluation {
  readonly cycle: number
  readonly figures: EvaluationRecord
}

/** A registered model with all that was said of it. */
export interface RegisteredModel {
  readonly record: ModelRecord
  /** Oldest first, also as a champion that was measured again. */
  readonly evaluations: readonly Evaluation[]
  /** As a challenger, oldest first. */
  readonly judgements: readonly JudgementRecord[]
  /** When it was champion, and through whom. */
  readonly reigns: readonly ChampionRecord[]
  readonly isChampion: boolean
}

export interface ModelDetails extends RegisteredModel {
  /** Parent, its parent and so on, as far as they are registered. */
  readonly lineage: readonly string[]
  /** The trainer's learning curve as it wrote it; null when there is none. */
  readonly curve: string | null
  /** Names of what lies beside the ONNX file. */
  readonly files: readonly string[]
}

/** Everything that was registered, newest first. */
export async function listModels(store: ObjectStore, project: string): Promise<RegisteredModel[]> {
  const { models } = storeKeys(project)
  const keys: string[] = []
  for await (const key of store.list(models)) if (key.endsWith('/model.json')) keys.push(key)
  const describe = await describer(store, project)
  const found = await pMap(keys, async (key) => describe(await requireRecord(store, key, ModelRecord)), {
    concurrency: readsAtOnce,
  })
  return found.sort((a, b) => Date.parse(b.record.createdAt) - Date.parse(a.record.createdAt))
}

/**
 * One model, by `champion`, its hash or the first digits of it.
 * @throws AdapterError NotFound, BadInput when the digits fit several
 */
export async function showModel(store: ObjectStore, project: string, name: string): Promise<ModelDetails> {
  const keys = storeKeys(project)
  const model = await findModel(store, project, name)
  const describe = await describer(store, project)
  const curve = await store.get(keys.modelFile(model, 'training.csv'))
  const files: string[] = []
  const folder = keys.modelFile(model, '')
  for await (const key of store.list(folder)) files.push(key.slice(folder.length))
  const record = await requireRecord(store, keys.modelRecord(model), ModelRecord)
  return {
    ...describe(record),
    lineage: await lineageOf(store, project, record),
    curve: curve === null ? null : new TextDecoder().decode(curve.body),
    files,
  }
}

/** Reads once what is kept by cycle, to be told by model. */
async function describer(
  store: ObjectStore,
  project: string,
): Promise<(record: ModelRecord) => RegisteredModel> {
  const evaluations = await readEvaluations(store, project)
  const judgements = await listJudgements(store, project)
  const succession = await readSuccession(store, project)
  return (record) => ({
    record,
    evaluations: evaluations.filter(({ figures }) => figures.model === record.model),
    judgements: judgements.filter(({ challenger }) => challenger === record.model),
    reigns: succession.filter(({ model }) => model === record.model),
    isChampion: succession.at(-1)?.model === record.model,
  })
}

export async function readEvaluations(store: ObjectStore, project: string): Promise<Evaluation[]> {
  const keys = storeKeys(project)
  const read = async (cycle: number): Promise<Evaluation[]> => {
    const figures = await readRecord(store, keys.cycleFile(cycle, 'evaluation.json'), EvaluationRecord)
    return figures === null ? [] : [{ cycle, figures }]
  }
  return (await pMap(await cycleNumbers(store, project), read, { concurrency: readsAtOnce })).flat()
}

async function lineageOf(store: ObjectStore, project: string, record: ModelRecord): Promise<string[]> {
  const lineage: string[] = []
  for (let { parent } = record; parent !== null && !lineage.includes(parent);) {
    lineage.push(parent)
    const next = await readRecord(store, storeKeys(project).modelRecord(parent), ModelRecord)
    parent = next?.parent ?? null
  }
  return lineage
}
