import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { EvaluationRecord } from '../../domain/schemas/records/cycle.ts'
import { ChampionRecord } from '../../domain/schemas/records/model.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readRecord } from './records.ts'

/**
 * The confidence threshold of a model: as this cycle evaluated it, or, when the cycle evaluated a challenger that did not
 * replace it, as fixed in the cycle that evaluated the champion. Models differ in how sure they sound, so one's threshold does not
 * fit the other. Null when neither cycle evaluated it.
 */
export async function operatingThresholdOf(
  store: ObjectStore,
  { project, cycle, model }: { readonly project: string; readonly cycle: number; readonly model: string },
): Promise<number | null> {
  const keys = storeKeys(project)
  const champion = await readRecord(store, keys.champion, ChampionRecord)
  for (const evaluated of champion?.model === model ? [cycle, champion.cycle ?? cycle] : [cycle]) {
    const evaluation = await readRecord(store, keys.cycleFile(evaluated, 'evaluation.json'), EvaluationRecord)
    if (evaluation?.model === model) return evaluation.threshold
  }
  return null
}
