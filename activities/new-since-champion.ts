import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { DatasetLine } from '../domain/schemas/records/dataset.ts'
import { ChampionRecord, ModelRecord } from '../domain/schemas/records/model.ts'
import { labelHash } from './dataset-lines.ts'
import { readDataset } from './prediction-pools.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readRecord } from './store/records.ts'

/** How many training images among reviewed ones carry labels that the champion has not learnt from. */
export async function countNewSinceChampion(
  store: ObjectStore,
  project: string,
  reviewed: readonly DatasetLine[],
): Promise<number> {
  const learnt = await championLabels(store, project)
  return reviewed.filter(
    (line) => line.split === 'train' && line.unreviewed !== true && !learnt.has(labelHash(line)),
  ).length
}

/** What the champion has learnt; empty without one, or when its dataset is gone. */
async function championLabels(store: ObjectStore, project: string): Promise<ReadonlySet<string>> {
  const keys = storeKeys(project)
  const champion = await readRecord(store, keys.champion, ChampionRecord)
  const model = champion && (await readRecord(store, keys.modelRecord(champion.model), ModelRecord))
  const learnt = new Set<string>()
  if (!model || !(await store.has(keys.datasetRecord(model.dataset)))) return learnt
  for await (const line of readDataset(store, project, model.dataset)) {
    if (line.split === 'train') learnt.add(labelHash(line))
  }
  return learnt
}
