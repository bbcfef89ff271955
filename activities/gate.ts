import type { CoreActivities, GateResult } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { refreshAdvice, refreshAfter } from '../domain/gate-words.ts'
import { championItself, firstChampion, type Judgement } from '../domain/gate.ts'
import type { PairedImage } from '../domain/metrics/paired-comparison.ts'
import { DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { GateRecord, JudgementRecord } from '../domain/schemas/records/judgement.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { offLoop } from './figures/off-loop.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { heldOutPredictions, type HeldOutImage } from './store/held-out.ts'
import { comparisonsOn, keepTestSet, logJudgement } from './store/judgements.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord, requireRecord, writeRecord } from './store/records.ts'
import { crown, readChampion, readSuccession } from './succession.ts'

export type GateActivities = Pick<CoreActivities, 'readChampion' | 'judgeChallenger'>

type Input = Parameters<CoreActivities['judgeChallenger']>[0]

/**
 * Reads the champion and lets a challenger replace it: `cycles/<n>/gate.json`, `champion.json` by compare-and-set, and one
 * more entry of `judgements/` whatever the verdict.
 */
export function createGateActivities({
  store,
  now,
}: {
  readonly store: ObjectStore
  readonly now: () => Date
}): GateActivities {
  return {
    async readChampion({ project }) {
      return { model: (await readChampion(store, project))?.record.model ?? null }
    },

    async judgeChallenger(input) {
      const { project, cycle, model } = input
      const keys = storeKeys(project)
      const gateKey = keys.cycleFile(cycle, 'gate.json')
      const before = await readChampion(store, project)
      const reigning = before?.record.model ?? null
      const kept = wholeJudgement(await readRecord(store, gateKey, GateRecord))
      // A repeated activity must not judge a champion that it has just crowned, nor crown one over a champion it never met.
      const judged = kept?.challenger === model && [kept.champion, model].includes(reigning) ? kept : null
      const record = judged ?? (await judgement(store, input, reigning, now()))
      if (judged === null) await writeRecord(store, gateKey, GateRecord, record)
      if (record.promoted && reigning !== model) {
        const taken = await crown(store, project, before, {
          model,
          since: now().toISOString(),
          cycle,
          verdict: record.verdict,
          how: 'gate',
          by: null,
          reason: '',
        })
        if (!taken) {
          await store.remove([gateKey])
          throw championChanged(project)
        }
      }
      await logJudgement(store, project, record)
      return result(record, model)
    },
  }
}

/** Null for a record of an older version, which cannot be logged: it is judged again. */
function wholeJudgement(record: GateRecord | null): JudgementRecord | null {
  const whole = JudgementRecord.safeParse(record)
  return whole.success ? whole.data : null
}

async function judgement(
  store: ObjectStore,
  input: Input,
  champion: string | null,
  at: Date,
): Promise<JudgementRecord> {
  const { project, configHash, cycle, model, dataset, manifest } = input
  const { classes } = await requireRecord(store, storeKeys(project).datasetRecord(dataset), DatasetRecord)
  const { gate, task } = await loadConfig(store, { project, configHash })
  const kind = task === 'segment' ? 'mask' : 'box'
  const challenger = await heldOutPredictions(store, input, 'test')
  const found = await outcome()
  const images = challenger.map(({ line }) => line.image)
  const testSet = await keepTestSet(store, project, images)
  const before = await comparisonsOn(store, project, { testSet, images })
  const comparisons = before + (found.deltaMap === null ? 0 : 1)
  const advice = found.deltaMap === null ? '' : refreshAdvice(comparisons)
  return {
    v: 1,
    cycle,
    challenger: model,
    champion,
    judgedBy: kind,
    ...found,
    words: `${found.words}${advice}`,
    dataset,
    manifest,
    testSet,
    comparisons,
    refreshAdvised: comparisons >= refreshAfter,
    judgedAt: at.toISOString(),
  }

  async function outcome(): Promise<Judgement> {
    const on = sizeOf(challenger)
    if (champion === null) return firstChampion(on)
    if (champion === model) return championItself(on)
    const theirs = await heldOutPredictions(store, { project, dataset, manifest, model: champion }, 'test')
    return offLoop('judgement', {
      images: pairsOf(challenger, theirs),
      classes,
      rules: { ...gate, kind, seed: manifest, takenBack: await wasTakenBack(store, project, model) },
    })
  }
}

/** True when a person replaced the model when it reigned last: tonight's gate must not undo what was decided by day. */
async function wasTakenBack(store: ObjectStore, project: string, model: string): Promise<boolean> {
  const after = (await readSuccession(store, project)).findLast(({ previous }) => previous === model)
  return after?.how === 'rollback' || after?.how === 'promote'
}

const sizeOf = (images: readonly HeldOutImage[]) => ({
  images: images.length,
  groups: new Set(images.map(({ line }) => line.group)).size,
})

/** Only images that both models could read. */
function pairsOf(challenger: readonly HeldOutImage[], champion: readonly HeldOutImage[]): PairedImage[] {
  const theirs = new Map(champion.map(({ line, prediction }) => [line.image, prediction.boxes]))
  return challenger.flatMap(({ line, prediction }): PairedImage[] => {
    const boxes = theirs.get(line.image)
    if (boxes === undefined) return []
    const size = { width: line.width, height: line.height }
    return [{ group: line.group, size, truth: line.boxes, challenger: prediction.boxes, champion: boxes }]
  })
}

const result = (record: JudgementRecord, model: string): GateResult => ({
  verdict: record.verdict,
  promoted: record.promoted,
  champion: record.promoted ? model : record.champion,
  words: record.words,
})

const championChanged = (project: string): AdapterError =>
  new AdapterError('WriteConflict', `The champion of ${project} changed while a challenger was judged.`, {
    retryable: true,
    hint: 'It is judged again against the new one.',
  })
