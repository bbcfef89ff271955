import { expect, test } from 'vitest'
import { createGateActivities } from '../../../activities/gate.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { predictionShardKey } from '../../../activities/store/predictions.ts'
import { requireRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { GateRecord } from '../../../domain/schemas/records/cycle.ts'
import { DatasetLine, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import { ChampionRecord } from '../../../domain/schemas/records/model.ts'
import { PredictionLine, PredictionManifest } from '../../../domain/schemas/records/prediction.ts'
import { id } from '../../fixtures/comparison-bench.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const keys = storeKeys(project)
const [dataset, manifest] = [id('dataset'), id('manifest')]
const size = { width: 640, height: 640 }
const imageNames = Array.from({ length: 40 }, (_, index) => `test ${index}`)
const truth = { class: 'cat', xyxy: [0, 0, 100, 100] as [number, number, number, number] }
const stored = { ...truth, score: 0.9 }

/** Forty reviewed test images; `models` says of how many of them each model finds the cat. */
async function createGateBench(models: Readonly<Record<string, number>>, minImages = 10) {
  const store = createMemoryObjectStore()
  const config = ProjectConfig.parse({ project, classes: [{ name: 'cat' }], gate: { minImages } })
  const ref = { project, configHash: await saveConfig(store, config), cycle: 1, dataset, manifest }
  const chunk = keys.datasetImages(dataset, 'test', 0)
  const lines = imageNames.map((name): DatasetLine => ({
    image: id(name),
    extension: 'png',
    ...size,
    group: name,
    split: 'test',
    boxes: [truth],
  }))
  await writeLines(store, chunk, DatasetLine, lines)
  await writeRecord(store, keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes: ['cat'],
    images: { train: 0, val: 0, test: lines.length },
    boxes: lines.length,
    empty: 0,
    boxesByClass: { cat: lines.length },
    chunks: [chunk],
  })
  const shards = [imageNames.map(id)]
  await writeRecord(store, keys.predictionManifest(manifest), PredictionManifest, {
    v: 1,
    pool: 'held-out',
    shards,
  })
  for (const [model, found] of Object.entries(models)) {
    const predicted = imageNames.map((name, index): PredictionLine => ({
      image: id(name),
      ...size,
      boxes: index < found ? [stored] : [],
      error: null,
    }))
    await writeLines(store, predictionShardKey(project, id(model), manifest, 0), PredictionLine, predicted)
  }
  const activities = createGateActivities({ store, now: () => new Date('2026-01-02T03:04:05Z') })
  const judge = (model: string, cycle: number) =>
    activities.judgeChallenger({ ...ref, cycle, model: id(model) })
  const champion = async () => (await activities.readChampion(ref)).model
  const crown = (model: string, cycle: number) =>
    writeRecord(store, keys.champion, ChampionRecord, {
      v: 1,
      model: id(model),
      since: '2026-01-01T00:00:00Z',
      cycle,
      verdict: 'first',
    })
  return { store, judge, champion, crown }
}

test('the first model becomes champion without a comparison', async () => {
  const { judge, champion } = await createGateBench({ first: 10 })
  expect(await champion()).toBeNull()
  expect(await judge('first', 1)).toMatchObject({ verdict: 'first', promoted: true, champion: id('first') })
  expect(await champion()).toBe(id('first'))
})

test('a better model takes over, and judging it again says the same', async () => {
  const { judge, champion } = await createGateBench({ first: 10, better: 35 })
  await judge('first', 1)
  const verdict = await judge('better', 2)
  expect(verdict).toMatchObject({ verdict: 'better', promoted: true, champion: id('better') })
  expect(await judge('better', 2)).toEqual(verdict)
  expect(await champion()).toBe(id('better'))
})

test('a worse model leaves the champion where it is, and so does one judged on too few images', async () => {
  const { judge, champion } = await createGateBench({ first: 35, worse: 10 })
  await judge('first', 1)
  expect(await judge('worse', 2)).toMatchObject({ verdict: 'worse', promoted: false, champion: id('first') })
  expect(await champion()).toBe(id('first'))

  const few = await createGateBench({ first: 10, better: 35 }, 300)
  await few.judge('first', 1)
  const verdict = await few.judge('better', 2)
  expect(verdict).toMatchObject({ verdict: 'too-few-images', promoted: false, champion: id('first') })
  expect(verdict.words).toContain('260')
  expect(await few.champion()).toBe(id('first'))
})

test('the champion is not judged against itself', async () => {
  const { judge } = await createGateBench({ first: 10 })
  await judge('first', 1)
  expect(await judge('first', 2)).toMatchObject({ promoted: false, champion: id('first') })
})

test('a promotion that was cut off before the champion changed is completed when repeated', async () => {
  const { store, judge, champion, crown } = await createGateBench({ first: 10, better: 35 })
  await judge('first', 1)
  await judge('better', 2)
  await crown('first', 1)
  expect(await judge('better', 2)).toMatchObject({ verdict: 'better', promoted: true })
  expect(await champion()).toBe(id('better'))
  const record = await requireRecord(store, keys.champion, ChampionRecord)
  expect(record).toMatchObject({ cycle: 2, verdict: 'better' })
})

test('a verdict against one champion never replaces another that came in between', async () => {
  const { store, judge, champion, crown } = await createGateBench({ first: 10, better: 25, best: 40 })
  await judge('first', 1)
  await judge('better', 2)
  await crown('best', 3)
  expect(await judge('better', 2)).toMatchObject({ verdict: 'worse', promoted: false, champion: id('best') })
  expect(await champion()).toBe(id('best'))
  const record = await requireRecord(store, keys.cycleFile(2, 'gate.json'), GateRecord)
  expect(record).toMatchObject({ champion: id('best'), promoted: false })
})

test('of two judgements at once only one crowns its model, and the other is told to try again', async () => {
  const { judge, champion } = await createGateBench({ one: 10, other: 10 })
  const found = await Promise.allSettled([judge('one', 1), judge('other', 2)])
  const lost = found.filter(({ status }) => status === 'rejected')
  expect(lost).toHaveLength(1)
  expect(lost[0]).toMatchObject({ reason: { code: 'WriteConflict', retryable: true } })
  expect([id('one'), id('other')]).toContain(await champion())
})
