import { describe, expect, test } from 'vitest'
import { preparePromotion, prepareRollback } from '../../../activities/changing-champion.ts'
import { readModelPackage } from '../../../activities/model-package.ts'
import { listModels, showModel } from '../../../activities/model-registry.ts'
import { writeRecord } from '../../../activities/store/records.ts'
import { readChampion, readSuccession } from '../../../activities/succession.ts'
import { toPage, toRow } from '../../../cli/model/model-view.ts'
import { renderModel, renderModels } from '../../../cli/model/render-models.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { ModelRecord } from '../../../domain/schemas/records/model.ts'
import { id } from '../../fixtures/comparison-bench.ts'
import { createGateBench } from '../../fixtures/gate-bench.ts'
import { trainingRecord } from '../../fixtures/training-record.ts'

const project = 'cells'
const keys = storeKeys(project)
const cats = { project, classes: ['cat'] }
const because = { by: 'mara', reason: 'sees the small ones', at: new Date('2026-01-03T00:00:00Z') }

/** Two models that went through the real gate, registered: `first` reigns, `worse` was not promoted. */
async function createRegistry() {
  const bench = await createGateBench({ first: 35, worse: 10 })
  const register = async (model: string, parent: string | null, classes = ['cat'], day = 1) => {
    const training = trainingRecord({
      model: id(model),
      dataset: id('dataset'),
      trainKey: id(`training of ${model}`),
      parent: parent === null ? null : id(parent),
      createdAt: `2026-01-0${day}T00:00:00Z`,
    })
    const record = { ...training, classes, imageSize: { width: 32, height: 32 } }
    await writeRecord(bench.store, keys.modelRecord(id(model)), ModelRecord, record)
    await bench.store.put(keys.modelOnnx(id(model)), `onnx of ${model}`, 'application/octet-stream')
    const curve = 'epoch, metrics/mAP50(B),note\n1,0.25,\n2,0.5,fine\n'
    await bench.store.put(keys.modelFile(id(model), 'training.csv'), curve, 'text/csv')
  }
  await register('first', null)
  await register('worse', 'first', ['cat'], 2)
  await bench.judge('first', 1)
  await bench.judge('worse', 2)
  return { ...bench, register }
}

describe('the registry', () => {
  test('lists what was registered, newest first, with the verdict of each', async () => {
    const { store } = await createRegistry()
    const rows = (await listModels(store, project)).map(toRow)
    expect(rows).toMatchObject([
      { model: id('worse'), champion: false, judgement: { verdict: 'worse', promoted: false, cycle: 2 } },
      { model: id('first'), champion: true, judgement: { verdict: 'first', promoted: true, cycle: 1 } },
    ])
    const table = renderModels(rows)
    expect(table).toMatch(/worse, not promoted/)
    expect(table).toMatch(new RegExp(`${id('first').slice(0, 12)} +champion`))
  })

  test('tells of one model its parents, its curve, and why it was rejected', async () => {
    const { store } = await createRegistry()
    const page = toPage(project, await showModel(store, project, id('worse').slice(0, 8)))
    expect(page).toMatchObject({
      parent: id('first'),
      lineage: [id('first')],
      curve: [
        { epoch: 1, 'metrics/mAP50(B)': 0.25 },
        { epoch: 2, 'metrics/mAP50(B)': 0.5 },
      ],
      files: ['model.json', 'model.onnx', 'training.csv'],
      reigns: [],
    })
    const [judgement] = page.judgements
    expect(judgement?.reason).not.toBe('')
    expect(renderModel(page)).toContain(`cycle 2: ${judgement?.words}`)
    const text = renderModel(page)
    expect(text).toContain('epoch 2: mAP50 0.500')
    for (const told of ['scratch', 'yolo detect train', 'ultralytics 8.4.190, recipe 1', 'trained on CPU']) {
      expect(text).toContain(told)
    }
  })

  test('reads what the first version registered, and says what that did not record', async () => {
    const { store } = await createRegistry()
    const old = {
      v: 1,
      model: id('old'),
      dataset: id('dataset'),
      trainKey: id('training of old'),
      parent: null,
      classes: ['cat'],
      imageSize: { width: 256, height: 256 },
      trainedImages: 40,
      arguments: { architecture: 'tiny', imageSize: 256, epochs: 60, batch: 8, learningRate: 0.003, seed: 0 },
      packages: { ultralytics: '8.4.190' },
      seconds: 88.5,
      createdAt: '2025-12-01T00:00:00.000Z',
    }
    await store.put(keys.modelRecord(id('old')), JSON.stringify(old), 'application/json')
    expect((await listModels(store, project)).map(({ record }) => record.model)).toContain(id('old'))
    const page = toPage(project, await showModel(store, project, id('old')))
    expect(page.record).toMatchObject({ task: 'detect', trainer: { name: 'ultralytics' } })
    expect(renderModel(page)).toMatch(/Command +not recorded/)
    expect(await preparePromotion(store, { ...cats, name: id('old') })).toMatchObject({ to: id('old') })
  })

  test('packs a model with its class names and how to run it', async () => {
    const { store } = await createRegistry()
    const { files } = await readModelPackage(store, project, 'champion')
    const byName = new Map(files.map(({ name, content }) => [name, Buffer.from(content).toString()]))
    expect(byName.get('model.onnx')).toBe('onnx of first')
    expect(byName.get('classes.txt')).toBe('cat\n')
    expect(byName.get('README.md')).toContain('float32[1, 3, 32, 32]')
    expect(JSON.parse(byName.get('model.json') ?? '')).toMatchObject({ model: id('first') })
  })
})

describe('changing the champion by hand', () => {
  test('is recorded with who, when and why, and a rollback goes back to the one before', async () => {
    const { store, champion } = await createRegistry()
    const promotion = await preparePromotion(store, { ...cats, name: id('worse') })
    expect(promotion).toMatchObject({ how: 'promote', from: id('first'), to: id('worse') })
    expect(await champion()).toBe(id('first'))
    await promotion.confirm(because)
    expect(await champion()).toBe(id('worse'))
    await (await prepareRollback(store, cats)).confirm({ ...because, reason: 'was wrong' })
    expect(await champion()).toBe(id('first'))
    expect(await readSuccession(store, project)).toMatchObject([
      { number: 1, how: 'gate', cycle: 1, verdict: 'first', by: null },
      { number: 2, how: 'promote', by: 'mara', reason: 'sees the small ones', verdict: null },
      { number: 3, how: 'rollback', by: 'mara', reason: 'was wrong', since: '2026-01-03T00:00:00.000Z' },
    ])
    await expect(prepareRollback(store, cats)).rejects.toMatchObject({ code: 'NotFound' })
  })

  test('is refused when a gate promoted another between the question and the answer', async () => {
    const { store, register } = await createRegistry()
    await register('other', null)
    const promotion = await preparePromotion(store, { ...cats, name: id('worse') })
    await (await preparePromotion(store, { ...cats, name: id('other') })).confirm(because)
    await expect(promotion.confirm(because)).rejects.toMatchObject({ code: 'WriteConflict' })
    expect((await readChampion(store, project))?.record.model).toBe(id('other'))
  })

  test.each([
    ['the reigning champion', 'first', ['cat'], 'BadInput'],
    ['a model of other classes', 'worse', ['cat', 'dog'], 'ModelClassesDiffer'],
    ['a model of the same classes in another order', 'worse', ['dog', 'cat'], 'ModelClassesDiffer'],
    ['a model that is not registered', 'nobody', ['cat'], 'NotFound'],
  ])('is refused for %s', async (_, name, classes, code) => {
    const { store, register } = await createRegistry()
    if (classes[0] === 'dog') await register('worse', 'first', ['cat', 'dog'])
    await expect(preparePromotion(store, { project, classes, name: id(name) })).rejects.toMatchObject({
      code,
    })
  })

  test('goes back to no model of other classes', async () => {
    const { store } = await createRegistry()
    await (await preparePromotion(store, { ...cats, name: id('worse') })).confirm(because)
    await expect(prepareRollback(store, { project, classes: ['dog'] })).rejects.toMatchObject({
      code: 'ModelClassesDiffer',
    })
  })
})
