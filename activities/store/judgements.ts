import pMap from 'p-map'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { JudgementRecord, TestSetRecord } from '../../domain/schemas/records/judgement.ts'
import { hashOf } from '../content-hash.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readRecord, readsAtOnce, requireRecord, writeRecordOnce } from './records.ts'

/** More of a test set than this must be in another for the two to count as one. */
const sharedFrom = 0.5

/** Every decision of the gate, oldest first. */
export async function listJudgements(store: ObjectStore, project: string): Promise<JudgementRecord[]> {
  const keys: string[] = []
  for await (const key of store.list(storeKeys(project).judgements)) keys.push(key)
  const records = await pMap(keys, async (key) => requireRecord(store, key, JudgementRecord), {
    concurrency: readsAtOnce,
  })
  return records.sort((a, b) => Date.parse(a.judgedAt) - Date.parse(b.judgedAt))
}

/** How a model was judged as a challenger, oldest first; none for one that never met the gate. */
export async function judgementsOf(
  store: ObjectStore,
  project: string,
  model: string,
): Promise<JudgementRecord[]> {
  return (await listJudgements(store, project)).filter(({ challenger }) => challenger === model)
}

/** Appends a decision to the log. The same decision written again changes nothing. */
export async function logJudgement(
  store: ObjectStore,
  project: string,
  record: JudgementRecord,
): Promise<void> {
  const { testSet, cycle, challenger, champion } = record
  const key = storeKeys(project).judgement(testSet, cycle, challenger, champion)
  await writeRecordOnce(store, key, JudgementRecord, record)
}

/** Keeps which images a test set has and resolves to its hash. */
export async function keepTestSet(
  store: ObjectStore,
  project: string,
  images: readonly string[],
): Promise<string> {
  const sorted = images.toSorted()
  const testSet = hashOf(sorted)
  const record: TestSetRecord = { v: 1, testSet, images: sorted }
  await writeRecordOnce(store, storeKeys(project).testSet(testSet), TestSetRecord, record)
  return testSet
}

/**
 * How many times two models were compared on a test set, or on one that holds more than half of its images: a test set that
 * grew by a few images is still the one that was chosen by.
 */
export async function comparisonsOn(
  store: ObjectStore,
  project: string,
  { testSet, images }: { readonly testSet: string; readonly images: readonly string[] },
): Promise<number> {
  const judged = (await listJudgements(store, project)).filter(({ deltaMap }) => deltaMap !== null)
  const ours = new Set(images)
  const isOurs = async (other: string): Promise<boolean> => {
    if (other === testSet) return true
    const theirs = await readRecord(store, storeKeys(project).testSet(other), TestSetRecord)
    const shared = (theirs?.images ?? []).filter((image) => ours.has(image)).length
    return shared > sharedFrom * ours.size
  }
  const sets = [...new Set(judged.map((record) => record.testSet))]
  const same = new Set(
    (
      await pMap(sets, async (set) => ((await isOurs(set)) ? [set] : []), { concurrency: readsAtOnce })
    ).flat(),
  )
  return judged.filter((record) => same.has(record.testSet)).length
}
