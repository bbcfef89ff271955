import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDetector } from '../../../activities/adapters/onnx/detector.ts'
import { hashOf, sha256Hex } from '../../../activities/content-hash.ts'
import { createPredictingActivities } from '../../../activities/predicting.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { predictionShardKey, readManifest, readPredictions } from '../../../activities/store/predictions.ts'
import { readRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import type { LabelledBox } from '../../../domain/box.ts'
import type { Split } from '../../../domain/contracts/splits.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { DatasetLine, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import { ImageRecord } from '../../../domain/schemas/records/image.ts'
import { detectionDefaults } from '../../../domain/detection-defaults.ts'
import { ReferenceRecord } from '../../../domain/schemas/records/reference.ts'
import { ModelRecord, referenceFile, TrainingRecord } from '../../../domain/schemas/records/model.ts'
import { colouredPicture } from '../../fixtures/coloured-picture.ts'
import { trainingRecord } from '../../fixtures/training-record.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const keys = storeKeys(project)
const at = '2026-01-02T03:04:05Z'
const onnx = readFileSync(new URL('../../fixtures/models/red-blue.onnx', import.meta.url))
const model = sha256Hex(onnx)
const cut = onnx.subarray(0, 500)

const detector = createDetector({ threads: 1 })
let modelsFolder = ''
let picture: Buffer

beforeAll(async () => {
  modelsFolder = await mkdtemp(join(tmpdir(), 'understudy-models-'))
  picture = await colouredPicture(64, 64, [{ left: 16, top: 0, side: 16, colour: '#ff0000' }])
})
afterAll(async () => {
  await detector.close()
  await rm(modelsFolder, { recursive: true, force: true })
})

const id = (name: string): string => sha256Hex(name)

async function putImage(
  store: ObjectStore,
  name: string,
  split: Split,
  bytes: Uint8Array = picture,
): Promise<string> {
  const image = id(name)
  await store.put(keys.imageBytes(image, 'png'), bytes, 'image/png')
  await writeRecord(store, keys.imageRecord(image), ImageRecord, {
    v: 1,
    image,
    storedSha256: sha256Hex(bytes),
    extension: 'png',
    mimeType: 'image/png',
    width: 64,
    height: 64,
    sources: [name],
    group: name,
    split,
    dhash: '0'.repeat(16),
    ingestedAt: at,
  })
  return image
}

const putDraft = (store: ObjectStore, name: string, promptVersion = id('prompt')): Promise<void> =>
  store.put(keys.draft(promptVersion, id(name)), '{}', 'application/json')

async function putDataset(store: ObjectStore, name: string, images: Record<string, Split>): Promise<string> {
  const dataset = id(name)
  const lines = Object.entries(images).map(([source, split]): DatasetLine => {
    const image = id(source)
    return {
      image,
      extension: 'png',
      width: 64,
      height: 64,
      group: source,
      split,
      boxes: [],
    }
  })
  const chunks = await Promise.all(
    (['train', 'val', 'test'] as const).map(async (split) => {
      const key = keys.datasetImages(dataset, split, 0)
      await writeLines(
        store,
        key,
        DatasetLine,
        lines.filter((line) => line.split === split),
      )
      return key
    }),
  )
  await writeRecord(store, keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes: ['red', 'blue'],
    images: { train: 0, val: 0, test: 0 },
    boxes: 0,
    empty: 0,
    boxesByClass: {},
    chunks,
  })
  return dataset
}

const training = (dataset: string, parent: string | null = null): TrainingRecord =>
  trainingRecord({ model, dataset, trainKey: id('training'), parent, createdAt: at })

const putModelRecord = (
  store: ObjectStore,
  hash: string,
  dataset: string,
  parent: string | null,
): Promise<void> =>
  writeRecord(store, keys.modelRecord(hash), ModelRecord, {
    ...training(dataset, parent),
    model: hash,
    classes: ['red', 'blue'],
    imageSize: { width: 32, height: 32 },
  })

const ref = { project, configHash: id('config'), cycle: 1, model }
const activitiesOf = (store: ObjectStore, folder = modelsFolder) =>
  createPredictingActivities({ store, detector, modelsFolder: folder })

describe('planPredictions', () => {
  const plan = (
    store: ObjectStore,
    dataset: string,
    pool: 'held-out' | 'unlearnt',
    promptVersion?: string | null,
  ) =>
    activitiesOf(store).planPredictions({
      ...ref,
      dataset,
      pool,
      ...(promptVersion === undefined ? {} : { promptVersion }),
    })

  it('holds out the reviewed validation and test images, in order of their ids', async () => {
    const store = createMemoryObjectStore()
    const dataset = await putDataset(store, 'd', { a: 'train', b: 'val', c: 'test', d: 'test', e: 'train' })
    const { manifest, images, shards } = await plan(store, dataset, 'held-out')
    expect({ images, shards }).toEqual({ images: 3, shards: 1 })
    expect((await readManifest(store, project, manifest)).shards).toEqual([
      [id('b'), id('c'), id('d')].sort(),
    ])
  })

  it('names a manifest by its content', async () => {
    const store = createMemoryObjectStore()
    const { manifest } = await plan(store, await putDataset(store, 'd', { a: 'val' }), 'held-out')
    expect(manifest).toBe(hashOf(await readManifest(store, project, manifest)))
  })

  it('gives the same images the same manifest, and other images another', async () => {
    const store = createMemoryObjectStore()
    const one = await plan(store, await putDataset(store, '1', { a: 'val', b: 'test' }), 'held-out')
    const two = await plan(
      store,
      await putDataset(store, '2', { b: 'test', a: 'val', c: 'train' }),
      'held-out',
    )
    const three = await plan(store, await putDataset(store, '3', { a: 'val' }), 'held-out')
    expect(two.manifest).toBe(one.manifest)
    expect(three.manifest).not.toBe(one.manifest)
  })

  it('cuts many images into shards of 200 that hold each image once', async () => {
    const store = createMemoryObjectStore()
    const names = Array.from({ length: 450 }, (_, index) => `image ${index}`)
    const dataset = await putDataset(store, 'd', Object.fromEntries(names.map((name) => [name, 'val'])))
    const { manifest, images, shards } = await plan(store, dataset, 'held-out')
    const content = await readManifest(store, project, manifest)
    expect({ images, shards, lengths: content.shards.map(({ length }) => length) }).toEqual({
      images: 450,
      shards: 3,
      lengths: [200, 200, 50],
    })
    expect(new Set(content.shards.flat())).toEqual(new Set(names.map(id)))
  })

  it('takes for unlearnt only drafted training-split images that neither the model nor a forebear has trained on', async () => {
    const store = createMemoryObjectStore()
    const splitOf: Record<string, Split> = {
      free: 'train',
      undrafted: 'train',
      validation: 'val',
      testing: 'test',
      quarantined: 'quarantined',
      inDataset: 'train',
      inOwnDataset: 'train',
      inGrandparents: 'train',
    }
    for (const [name, split] of Object.entries(splitOf)) {
      await putImage(store, name, split)
      if (name !== 'undrafted') await putDraft(store, name)
    }
    const now = await putDataset(store, 'now', { inDataset: 'train', validation: 'val' })
    await putModelRecord(
      store,
      model,
      await putDataset(store, 'own', { inOwnDataset: 'train' }),
      id('parent'),
    )
    await putModelRecord(store, id('parent'), await putDataset(store, 'parents', {}), id('grandparent'))
    await putModelRecord(
      store,
      id('grandparent'),
      await putDataset(store, 'old', { inGrandparents: 'train' }),
      null,
    )
    const { manifest } = await plan(store, now, 'unlearnt')
    expect((await readManifest(store, project, manifest)).shards).toEqual([[id('free')]])
  })

  it('asks for a draft of the prompt version when one is named', async () => {
    const store = createMemoryObjectStore()
    for (const name of ['old', 'new']) await putImage(store, name, 'train')
    await putDraft(store, 'old', id('old prompt'))
    await putDraft(store, 'new')
    const dataset = await putDataset(store, 'd', {})
    const { manifest } = await plan(store, dataset, 'unlearnt', id('prompt'))
    expect((await readManifest(store, project, manifest)).shards).toEqual([[id('new')]])
    await expect(plan(store, dataset, 'unlearnt')).resolves.toMatchObject({ images: 2 })
  })

  it('plans nothing without failing when nothing is left', async () => {
    const store = createMemoryObjectStore()
    await expect(plan(store, await putDataset(store, 'd', {}), 'unlearnt')).resolves.toMatchObject({
      images: 0,
      shards: 0,
    })
  })
})

describe('registerModel', () => {
  async function trained(classes: string[], content: Uint8Array = onnx) {
    const store = createMemoryObjectStore()
    const config = ProjectConfig.parse({ project, classes: classes.map((name) => ({ name })) })
    const configHash = await saveConfig(store, config)
    await putImage(store, 'a', 'train')
    const dataset = await putDataset(store, 'd', { a: 'train' })
    const hash = sha256Hex(content)
    await store.put(keys.modelOnnx(hash), content, 'application/octet-stream')
    const record = { ...training(dataset), model: hash }
    await writeRecord(store, keys.training(record.trainKey), TrainingRecord, record)
    const input = { ...ref, configHash, model: hash, dataset, trainKey: record.trainKey }
    return { store, input, written: () => readRecord(store, keys.modelRecord(hash), ModelRecord) }
  }

  it("writes the model's record after the file has proved itself", async () => {
    const { store, input, written } = await trained(['red', 'blue'])
    await expect(activitiesOf(store).registerModel(input)).resolves.toEqual({ model })
    expect(await written()).toMatchObject({
      model,
      classes: ['red', 'blue'],
      imageSize: { width: 32, height: 32 },
      createdAt: at,
    })
  })

  it.each([
    ['another order', ['blue', 'red']],
    ['one class less', ['red']],
    ['one class more', ['red', 'blue', 'green']],
    ['another spelling', ['Red', 'blue']],
  ])('refuses a model whose classes differ from the project: %s', async (_, classes) => {
    const { store, input, written } = await trained(classes)
    await expect(activitiesOf(store).registerModel(input)).rejects.toMatchObject({
      code: 'ModelClassesDiffer',
      retryable: false,
      message: expect.stringContaining('"red", "blue"'),
    })
    expect(await written()).toBeNull()
  })

  describe('with what the trainer finds on an image', () => {
    /** The red square of the picture is 16 px wide at the left border; the model finds it. */
    async function withReference(change: Partial<ReferenceRecord['boxes'][number]> | 'no box') {
      const made = await trained(['red', 'blue'])
      const detected = detector.detect(
        join(modelsFolder, `${model}.onnx`),
        [{ id: 'a', source: picture }],
        detectionDefaults,
      )
      await activitiesOf(made.store).registerModel(made.input)
      const seen: LabelledBox[] = []
      for await (const result of detected) if (result.ok) seen.push(...result.boxes)
      const boxes = seen.map(({ class: name, xyxy: [x1, y1, x2, y2], score }) => ({
        class: ['red', 'blue'].indexOf(name),
        xywh: [(x1 + x2) / 128, (y1 + y2) / 128, (x2 - x1) / 64, (y2 - y1) / 64] as [
          number,
          number,
          number,
          number,
        ],
        score: score ?? 0,
        ...(change === 'no box' ? {} : change),
      }))
      expect(boxes.length).toBeGreaterThan(0)
      await writeRecord(made.store, keys.modelFile(model, referenceFile), ReferenceRecord, {
        v: 1,
        image: id('a'),
        settings: detectionDefaults,
        complete: true,
        boxes: change === 'no box' ? [] : boxes,
      })
      await made.store.remove([keys.modelRecord(model)])
      return made
    }

    it('writes down how closely both agree', async () => {
      const { store, input, written } = await withReference({})
      await activitiesOf(store).registerModel(input)
      expect((await written())?.checked).toMatchObject({ image: id('a'), boxes: 1, score: 0 })
    })

    it.each([
      ['a box that lies elsewhere', { xywh: [0.5, 0.5, 0.25, 0.25] as [number, number, number, number] }],
      ['a box of another class', { class: 1 }],
      ['a box of another score', { score: 0.5 }],
      ['no box', 'no box' as const],
    ])('refuses a model whose trainer finds %s', async (_, change) => {
      const { store, input, written } = await withReference(change)
      await expect(activitiesOf(store).registerModel(input)).rejects.toMatchObject({
        code: 'ModelRuntimesDiffer',
        retryable: false,
      })
      expect(await written()).toBeNull()
    })
  })

  it('refuses a model of boxes in a project of outlines', async () => {
    const { store, input, written } = await trained(['red', 'blue'])
    const record = { ...training(input.dataset), task: 'segment' as const }
    await writeRecord(store, keys.training(input.trainKey), TrainingRecord, record)
    await expect(activitiesOf(store).registerModel(input)).rejects.toMatchObject({
      code: 'ModelUnsupported',
      hint: expect.stringContaining('yolo11n-seg.pt'),
    })
    expect(await written()).toBeNull()
  })

  it('refuses a file that was cut off before it was stored', async () => {
    const { store, input, written } = await trained(['red', 'blue'], cut)
    await expect(activitiesOf(store).registerModel(input)).rejects.toMatchObject({ code: 'ModelUnreadable' })
    expect(await written()).toBeNull()
  })

  it('refuses a file that is not the one it was, and keeps nothing of it', async () => {
    const { store, input } = await trained(['red', 'blue'])
    await store.put(keys.modelOnnx(model), cut, 'application/octet-stream')
    const folder = await mkdtemp(join(tmpdir(), 'understudy-empty-'))
    await expect(activitiesOf(store, folder).registerModel(input)).rejects.toMatchObject({
      code: 'ModelUnreadable',
    })
    expect(await readdir(folder)).toEqual([])
    await rm(folder, { recursive: true })
  })

  it('refuses a training that made another model', async () => {
    const { store, input } = await trained(['red', 'blue'])
    const registering = activitiesOf(store).registerModel({ ...input, model: id('other') })
    await expect(registering).rejects.toMatchObject({ code: 'BadInput' })
  })
})

describe('predictShard', () => {
  const quiet = () => new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') })
  const predict = (store: ObjectStore, manifest: string, environment = quiet()) =>
    environment.run(
      (input: { manifest: string; shard: number }) => activitiesOf(store).predictShard({ ...ref, ...input }),
      {
        manifest,
        shard: 0,
      },
    )

  async function planned(store: ObjectStore, names: string[]): Promise<string> {
    await store.put(keys.modelOnnx(model), onnx, 'application/octet-stream')
    const dataset = await putDataset(store, 'd', Object.fromEntries(names.map((name) => [name, 'val'])))
    return (await activitiesOf(store).planPredictions({ ...ref, dataset, pool: 'held-out' })).manifest
  }

  it('writes a line an image in the order of the manifest, unreadable images with their reason', async () => {
    const store = createMemoryObjectStore()
    for (const name of ['a', 'b', 'c', 'd']) await putImage(store, name, 'val')
    await putImage(store, 'broken', 'val', Buffer.from('no picture'))
    await putImage(store, 'swapped', 'val', await colouredPicture(32, 16, []))
    const manifest = await planned(store, ['a', 'b', 'c', 'd', 'broken', 'swapped'])
    const beats: unknown[] = []
    const environment = quiet()
    environment.on('heartbeat', (details: unknown) => beats.push(details))
    await expect(predict(store, manifest, environment)).resolves.toEqual({
      images: 6,
      boxes: 4,
    })

    const lines = await readPredictions(store, project, model, manifest)
    expect(lines.map(({ image }) => image)).toEqual((await readManifest(store, project, manifest)).shards[0])
    const byImage = new Map(lines.map((line) => [line.image, line]))
    expect(byImage.get(id('a'))).toEqual({
      image: id('a'),
      width: 64,
      height: 64,
      boxes: [{ class: 'red', xyxy: [16, 0, 32, 16], score: expect.closeTo(1, 2) }],
      error: null,
    })
    expect(byImage.get(id('broken'))).toMatchObject({
      boxes: [],
      error: expect.stringContaining('cannot be read'),
    })
    expect(byImage.get(id('swapped'))).toMatchObject({ boxes: [], error: expect.stringContaining('32x16') })
    expect(beats).toHaveLength(6)
    expect(beats.at(-1)).toEqual({ images: 6, of: 6 })
  })

  it('does not run again what is stored already', async () => {
    const store = createMemoryObjectStore()
    await putImage(store, 'a', 'val')
    const manifest = await planned(store, ['a'])
    const first = await predict(store, manifest)
    await store.remove([keys.imageBytes(id('a'), 'png')])
    await expect(predict(store, manifest)).resolves.toEqual(first)
  })

  it('writes nothing when an image has vanished from the store', async () => {
    const store = createMemoryObjectStore()
    for (const name of ['a', 'b']) await putImage(store, name, 'val')
    const manifest = await planned(store, ['a', 'b'])
    await store.remove([keys.imageBytes(id('a'), 'png')])
    const run = predict(store, manifest)
    await expect(run).rejects.toMatchObject({ code: 'NotFound' })
    expect(await store.has(predictionShardKey(project, model, manifest, 0))).toBe(false)
  })

  it('stops when it is cancelled, and writes nothing', async () => {
    const store = createMemoryObjectStore()
    for (const name of ['a', 'b']) await putImage(store, name, 'val')
    const manifest = await planned(store, ['a', 'b'])
    const environment = quiet()
    environment.once('heartbeat', () => environment.cancel())
    const run = predict(store, manifest, environment)
    await expect(run).rejects.toThrow('CANCELLED')
    expect(await store.has(predictionShardKey(project, model, manifest, 0))).toBe(false)
  })

  it('refuses a shard that the manifest does not have', async () => {
    const store = createMemoryObjectStore()
    const manifest = await planned(store, [])
    const run = predict(store, manifest)
    await expect(run).rejects.toMatchObject({ code: 'NotFound' })
  })
})
