import type { CoreActivities, GateResult } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { firstChampion, judge, type Judgement, type PairedImage } from '../domain/gate.ts'
import { GateRecord } from '../domain/schemas/records/cycle.ts'
import { DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { heldOutPredictions } from './store/held-out.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord, requireRecord, writeRecord } from './store/records.ts'
import { crown, readChampion } from './succession.ts'

export type GateActivities = Pick<CoreActivities, 'readChampion' | 'judgeChallenger'>

type Input = Parameters<CoreActivities['judgeChallenger']>[0]

/** Reads the champion and lets a challenger replace it: `cycles/<n>/gate.json`, and `champion.json` by compare-and-set. */
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
      const kept = await readRecord(store, gateKey, GateRecord)
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
      return result(record, model)
    },
  }
}

async function judgement(
  store: ObjectStore,
  input: Input,
  champion: string | null,
  at: Date,
): Promise<GateRecord> {
  const { project, configHash, model, dataset, manifest } = input
  const { classes } = await requireRecord(store, storeKeys(project).datasetRecord(dataset), DatasetRecord)
  const { gate } = await loadConfig(store, { project, configHash })
  const challenger = await heldOutPredictions(store, input, 'test')
  const found = await outcome()
  return {
    v: 1,
    challenger: model,
    champion,
    images: challenger.length,
    judgedAt: at.toISOString(),
    ...found,
  }

  async function outcome(): Promise<Judgement> {
    if (champion === null) return firstChampion(challenger.length)
    if (champion === model) return same(challenger.length)
    const theirs = await heldOutPredictions(store, { project, dataset, manifest, model: champion }, 'test')
    const byImage = new Map(theirs.map(({ line, prediction }) => [line.image, prediction.boxes]))
    const pairs = challenger.flatMap(({ line, prediction }): PairedImage[] => {
      const boxes = byImage.get(line.image)
      if (boxes === undefined) return []
      return [{ group: line.group, truth: line.boxes, challenger: prediction.boxes, champion: boxes }]
    })
    return judge(pairs, classes, { ...gate, seed: manifest })
  }
}

const same = (images: number): Judgement => ({
  verdict: 'not-distinguishable',
  promoted: false,
  deltaMap: null,
  words: `The challenger is the champion itself (${images} reviewed test images).`,
})

const result = (record: GateRecord, model: string): GateResult => ({
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
