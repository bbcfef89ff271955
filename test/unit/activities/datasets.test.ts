import * as fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { hashOf, sha256Hex } from '../../../activities/content-hash.ts'
import { createDatasetActivities } from '../../../activities/datasets.ts'
import { planTraining } from '../../../activities/planning-training.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { readLines, requireRecord, writeRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import type { Split } from '../../../domain/contracts/splits.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import {
  DatasetBuilt,
  DatasetLine,
  DatasetOrigin,
  DatasetRecord,
} from '../../../domain/schemas/records/dataset.ts'
import { ImageRecord } from '../../../domain/schemas/records/image.ts'
import { ChampionRecord, ModelRecord, TrainingRecord } from '../../../domain/schemas/records/model.ts'
import { ReviewRecord } from '../../../domain/schemas/records/review.ts'
import { TrainingPlanRecord } from '../../../domain/schemas/records/training-plan.ts'
import { trainingRecord } from '../../fixtures/training-record.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const keys = storeKeys(project)
const now = () => new Date('2026-11-21T04:00:00Z')
const imageId = (name: string) => sha256Hex(name)
type Box = ReviewRecord['boxes'][number]

const box = (name: string, ...xyxy: [number, number, number, number]): Box => ({
  class: name,
  xyxy,
  score: null,
  origin: 'manual',
  region: 'r',
})
const cell = box('RBC', 10, 10, 60, 60)

let store: ObjectStore
let configHash: string

beforeEach(async () => {
  store = createMemoryObjectStore()
  configHash = await useClasses('RBC', 'WBC')
})

const useClasses = (...names: string[]) =>
  saveConfig(store, ProjectConfig.parse({ project, classes: names.map((name) => ({ name })) }))

async function ingest(name: string, split: Split, into: ObjectStore = store): Promise<string> {
  const image = imageId(name)
  await writeRecord(into, keys.imageRecord(image), ImageRecord, {
    v: 1,
    image,
    storedSha256: image,
    extension: 'jpg',
    mimeType: 'image/jpeg',
    width: 640,
    height: 480,
    sources: [name],
    group: name,
    split,
    dhash: '0'.repeat(16),
    ingestedAt: now().toISOString(),
  })
  return image
}

let annotations = 0
const reviewOf = (image: string, boxes: Box[], changes: Partial<ReviewRecord> = {}): ReviewRecord => ({
  v: 1,
  image,
  uid: '0'.repeat(20),
  batch: 1,
  annotationId: (annotations += 1),
  taskId: 1,
  createdAt: '2026-11-21T01:00:00Z',
  updatedAt: '2026-11-21T01:00:00Z',
  outcome: 'accepted',
  refusal: null,
  boxes,
  notes: [],
  leadTimeSeconds: null,
  completedBy: null,
  ...changes,
})
const write = (review: ReviewRecord, into: ObjectStore = store) =>
  writeRecord(into, keys.review(review.image, review.annotationId, review.updatedAt), ReviewRecord, review)

const accept = async (
  name: string,
  split: Split,
  boxes: Box[] = [cell],
  changes: Partial<ReviewRecord> = {},
) => {
  const image = await ingest(name, split)
  await write(reviewOf(image, boxes, changes))
  return image
}
const activities = () => createDatasetActivities({ store, now })
const build = (hash = configHash) => activities().buildDataset({ project, configHash: hash, cycle: 1 })
const linesOf = async (dataset: string) => {
  const { chunks } = await requireRecord(store, keys.datasetRecord(dataset), DatasetRecord)
  return (await Promise.all(chunks.map((chunk) => readLines(store, chunk, DatasetLine)))).flat()
}
const everyObject = async (of: ObjectStore) => {
  const found: Record<string, string> = {}
  for await (const key of of.list(keys.datasets))
    found[key] = Buffer.from((await of.get(key))!.body).toString()
  return found
}

test('a dataset version holds what people accepted, images without objects included', async () => {
  await accept('a', 'train')
  const empty = await accept('b', 'train', [])
  await accept('c', 'val')
  await accept('d', 'test')
  const summary = await build()
  expect(summary).toMatchObject({ images: 4, train: 2, val: 1, test: 1, boxes: 3, newSinceChampion: 2 })
  expect((await linesOf(summary.dataset)).find(({ image }) => image === empty)?.boxes).toEqual([])
  expect(await requireRecord(store, keys.datasetRecord(summary.dataset), DatasetRecord)).toMatchObject({
    empty: 1,
    boxesByClass: { RBC: 3, WBC: 0 },
  })
})

test('skipped, refused and quarantined images and mere drafts are not in it', async () => {
  await accept('a', 'train')
  await accept('b', 'val')
  await accept('skipped', 'train', [], { outcome: 'skipped' })
  await accept('refused', 'train', [cell], {
    outcome: 'refused',
    refusal: { code: 'image-not-loaded', detail: 'no size' },
  })
  await accept('bridge', 'quarantined')
  await ingest('never looked at', 'train')
  const { dataset } = await build()
  expect((await linesOf(dataset)).map(({ image }) => image).sort()).toEqual(
    [imageId('a'), imageId('b')].sort(),
  )
})

test('outlines and marks for crowds are kept, cut to the image like the box', async () => {
  const outlined: Box = {
    ...box('RBC', 600, 10, 700, 60),
    polygons: [
      [
        [600, 10],
        [700, 10],
        [600, 60],
      ],
      [
        [650, 20],
        [700, 20],
        [690, 60],
      ],
    ],
  }
  await accept('a', 'train', [outlined, { ...cell, crowd: true }])
  await accept('b', 'val')
  const { dataset } = await build()
  const [{ boxes }] = (await linesOf(dataset)).filter(({ split }) => split === 'train') as [DatasetLine]
  expect(boxes).toEqual([
    { class: 'RBC', xyxy: [10, 10, 60, 60], crowd: true },
    {
      class: 'RBC',
      xyxy: [600, 10, 640, 60],
      polygons: [
        [
          [600, 10],
          [640, 10],
          [600, 60],
        ],
      ],
    },
  ])
})

test('the newest accepted review of an image counts', async () => {
  const image = await accept('a', 'train', [cell], { updatedAt: '2026-11-21T03:00:00Z' })
  await write(reviewOf(image, [], { updatedAt: '2026-11-21T02:00:00Z' }))
  await accept('b', 'val')
  const { dataset } = await build()
  expect((await linesOf(dataset)).find((line) => line.image === image)?.boxes).toHaveLength(1)
})

test('the order in which reviews were written changes no byte', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const reviews = names.map((name, index) =>
    reviewOf(imageId(name), [cell, box('WBC', index, 0, 50, 50)], { annotationId: index + 1 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(reviews, { minLength: 6 }), fc.boolean(), async (shuffled, turn) => {
      const other = createMemoryObjectStore()
      for (const name of names) await ingest(name, name === 'f' ? 'val' : 'train', other)
      for (const review of shuffled) {
        await write(turn ? { ...review, boxes: review.boxes.toReversed() } : review, other)
      }
      const hash = await saveConfig(
        other,
        ProjectConfig.parse({ project, classes: [{ name: 'RBC' }, { name: 'WBC' }] }),
      )
      await createDatasetActivities({
        store: other,
        now,
      }).buildDataset({
        project,
        configHash: hash,
        cycle: 1,
      })
      expect(hashOf(await everyObject(other))).toBe(await expected())
    }),
    { numRuns: 25 },
  )

  async function expected(): Promise<string> {
    for (const name of names) await ingest(name, name === 'f' ? 'val' : 'train')
    for (const review of reviews) await write(review)
    await build()
    return hashOf(await everyObject(store))
  }
})

test('building twice writes nothing new, and the record stands last', async () => {
  await accept('a', 'train')
  await accept('b', 'val')
  const { dataset } = await build()
  const before = await everyObject(store)
  expect((await build()).dataset).toBe(dataset)
  expect(await everyObject(store)).toEqual(before)
})

test('two stores with the same labels hold the same version byte for byte, built when and how often it may be', async () => {
  const content = async (of: ObjectStore) =>
    Object.entries(await everyObject(of)).filter(([key]) => !/(built|origins-\d+)\.jsonl?$/.test(key))
  await accept('a', 'train', [cell, box('WBC', 1, 2, 30, 40)])
  await accept('b', 'val', [])
  await build()
  const other = createMemoryObjectStore()
  for (const [name, split] of [
    ['b', 'val'],
    ['a', 'train'],
  ] as const)
    await ingest(name, split, other)
  await write(reviewOf(imageId('b'), [cell]), other)
  await write(reviewOf(imageId('b'), [], later), other)
  await write(reviewOf(imageId('a'), [box('WBC', 1, 2, 30, 40), cell]), other)
  await saveConfig(other, ProjectConfig.parse({ project, classes: [{ name: 'RBC' }, { name: 'WBC' }] }))
  const tomorrow = () => new Date('2026-11-22T04:00:00Z')
  await createDatasetActivities({ store: other, now: tomorrow }).buildDataset({
    project,
    configHash,
    cycle: 7,
  })
  expect(await content(other)).toEqual(await content(store))
  expect(await content(store)).toHaveLength(3)
})

test('says beside the version when it was built, and of which review each line is', async () => {
  const image = await accept('a', 'train')
  await accept('b', 'val')
  const { dataset } = await build()
  expect(await requireRecord(store, keys.datasetBuilt(dataset), DatasetBuilt)).toMatchObject({
    builtAt: now().toISOString(),
    cycle: 1,
  })
  const origins = await readLines(store, keys.datasetOrigins(dataset, 0), DatasetOrigin)
  expect(origins).toHaveLength(2)
  const { from } = origins.find((origin) => origin.image === image)!
  expect((await requireRecord(store, from, ReviewRecord)).image).toBe(image)
})

test('a version whose record was never written is completed', async () => {
  await accept('a', 'train')
  await accept('b', 'val')
  const { dataset } = await build()
  await store.remove([keys.datasetRecord(dataset)])
  await build()
  expect(await store.has(keys.datasetRecord(dataset))).toBe(true)
})

test.each<[string, () => Promise<unknown>]>([
  [
    'a box was moved by more than a hundredth of a pixel',
    () => write(reviewOf(imageId('a'), [box('RBC', 10.1, 10, 60, 60)], later)),
  ],
  ['a class was added', async () => (configHash = await useClasses('RBC', 'WBC', 'Platelets'))],
  ['one more image was reviewed', () => accept('c', 'train', [])],
])('another version comes of it when %s', async (_name, change) => {
  await accept('a', 'train')
  await accept('b', 'val')
  const before = (await build()).dataset
  await change()
  expect((await build()).dataset).not.toBe(before)
})
const later = { updatedAt: '2026-11-21T09:00:00Z' }

test('the same boxes submitted once more are the same version', async () => {
  const image = await accept('a', 'train')
  await accept('b', 'val')
  const before = (await build()).dataset
  await write(reviewOf(image, [box('RBC', 10.000_000_1, 9.999_999_9, 60, 60)], later))
  expect((await build()).dataset).toBe(before)
})

test('a review with a box of a removed class is left out and counted', async () => {
  await accept('a', 'train')
  await accept('b', 'val')
  const gone = await accept('c', 'train', [cell, box('Platelets', 1, 1, 20, 20)])
  const { dataset, train } = await build()
  expect(train).toBe(1)
  expect((await requireRecord(store, keys.datasetBuilt(dataset), DatasetBuilt)).leftOut).toEqual([
    { reason: 'class-removed', images: 1, examples: [gone] },
  ])
})

test('a split of many images lies in objects of at most 1000 lines', async () => {
  for (let index = 0; index < 1001; index += 1)
    await accept(`train ${index}`, 'train', index === 0 ? [cell] : [])
  await accept('b', 'val')
  const { dataset } = await build()
  const { chunks } = await requireRecord(store, keys.datasetRecord(dataset), DatasetRecord)
  const sizes = await Promise.all(
    chunks.map(async (chunk) => (await readLines(store, chunk, DatasetLine)).length),
  )
  expect(sizes).toEqual([1000, 1, 1])
})

test.each<[string, () => Promise<unknown>, string, RegExp]>([
  ['nothing was reviewed', async () => {}, 'NoReviewedImages', /training split/],
  ['only held-out images were reviewed', () => accept('b', 'val'), 'NoReviewedImages', /training split/],
  [
    'all reviews hold a removed class',
    () => accept('a', 'train', [box('Platelets', 1, 1, 9, 9)]),
    'NoReviewedImages',
    /1 were left out/,
  ],
  ['no validation image was reviewed', () => accept('a', 'train'), 'DatasetUnusable', /validation/],
  [
    'no training image shows anything',
    () => Promise.all([accept('a', 'train', []), accept('b', 'val')]),
    'DatasetUnusable',
    /nothing to learn/,
  ],
])('when %s there is no version, and the failure is not retried', async (_name, arrange, code, message) => {
  await arrange()
  await expect(build()).rejects.toMatchObject({
    code,
    retryable: false,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  })
  expect(await everyObject(store)).toEqual({})
})

const plan = (dataset: string) =>
  planTraining(
    { store, weightsFolder: '/nowhere', downloads: {} },
    { project, configHash, cycle: 1, dataset },
  )

async function register(dataset: string, trainKey: string): Promise<string> {
  const model = sha256Hex(`model of ${trainKey}`)
  const { arguments: given } = await requireRecord(store, keys.trainingPlan(trainKey), TrainingPlanRecord)
  const { parent, ...made } = given
  const training = trainingRecord({ model, dataset, trainKey, parent, arguments: made })
  await writeRecord(store, keys.training(trainKey), TrainingRecord, training)
  await writeRecord(store, keys.modelRecord(model), ModelRecord, {
    ...training,
    classes: ['RBC', 'WBC'],
    imageSize: { width: 256, height: 256 },
  })
  return model
}
const crown = (model: string) =>
  writeRecord(store, keys.champion, ChampionRecord, {
    v: 1,
    model,
    since: now().toISOString(),
    cycle: 1,
    verdict: 'first',
  })

test('a plan is kept under the hash of everything that makes the training, and made twice alike', async () => {
  await accept('a', 'train')
  await accept('b', 'val')
  await accept('t', 'test')
  const { dataset } = await build()
  const first = await plan(dataset)
  expect(first).toMatchObject({ model: null, images: 1 })
  expect(await plan(dataset)).toEqual(first)
  expect(await requireRecord(store, keys.trainingPlan(first.trainKey), TrainingPlanRecord)).toMatchObject({
    dataset,
    arguments: { architecture: 'tiny', parent: null, epochs: first.epochs },
  })
})

test('a training that was registered is found again, also once its model is the champion', async () => {
  await accept('a', 'train')
  await accept('b', 'val')
  await accept('t', 'test')
  const { dataset } = await build()
  const { trainKey } = await plan(dataset)
  const model = await register(dataset, trainKey)
  expect((await plan(dataset)).model).toBe(model)
  await crown(model)
  expect(await plan(dataset)).toMatchObject({ trainKey, model })
  expect((await build()).newSinceChampion).toBe(0)
})

test('after the champion, changed and added training images are new, and the plan starts from it', async () => {
  const changed = await accept('a', 'train')
  await accept('kept', 'train')
  await accept('b', 'val')
  await accept('t', 'test')
  const first = await build()
  const champion = await register(first.dataset, (await plan(first.dataset)).trainKey)
  await crown(champion)
  await write(reviewOf(changed, [cell, box('WBC', 1, 1, 40, 40)], later))
  await accept('added', 'train', [])
  await accept('more to hold out', 'val')
  const second = await build()
  expect(second.newSinceChampion).toBe(2)
  const { trainKey, epochs } = await plan(second.dataset)
  expect(epochs).toBe(10)
  expect((await requireRecord(store, keys.trainingPlan(trainKey), TrainingPlanRecord)).arguments.parent).toBe(
    champion,
  )
})

test.each([
  ['no test image was reviewed', async () => {}, /No image of the test split has been reviewed/],
  [
    'no reviewed test image shows anything',
    () => accept('t', 'test', []),
    /None of the 1 reviewed test images/,
  ],
])('when %s nothing is trained, because it could not be judged', async (_name, arrange, message) => {
  await accept('a', 'train')
  await accept('b', 'val')
  await arrange()
  const { dataset } = await build()
  await expect(plan(dataset)).rejects.toMatchObject({
    code: 'DatasetUnusable',
    retryable: false,
    message: expect.stringMatching(message),
    hint: expect.stringContaining('held-out'),
  })
})
