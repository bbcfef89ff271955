import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import type { Trainer, TrainingJob } from '../../../activities/roles/trainer.ts'
import { readRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { createTrainingActivities } from '../../../activities/training.ts'
import { beatWhileTraining } from '../../../activities/training-heartbeat.ts'
import type { TrainingProgressView } from '../../../domain/contracts/training-progress.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { DatasetLine, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import { TrainingRecord } from '../../../domain/schemas/records/model.ts'
import { TrainingPlanRecord } from '../../../domain/schemas/records/training-plan.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const keys = storeKeys(project)
const dataset = sha256Hex('dataset')
const trainKey = sha256Hex('training')
const configHash = sha256Hex('config')
const input = { project, configHash, cycle: 1, dataset, trainKey }
const parent = sha256Hex('parent')
const planned = {
  architecture: 'tiny',
  parent: null,
  baseWeights: null,
  imageSize: 64,
  epochs: 3,
  batch: 8,
  learningRate: 0.003,
  seed: 0,
}
const line = (name: string, split: DatasetLine['split'], boxes: DatasetLine['boxes']): DatasetLine => ({
  image: sha256Hex(name),
  extension: 'png',
  width: 100,
  height: 50,
  group: name,
  split,
  boxes,
})
const lines = [
  line('a', 'train', [{ class: 'WBC', xyxy: [0, 0, 50, 25] }]),
  line('empty', 'train', []),
  line('b', 'val', [{ class: 'RBC', xyxy: [0, 0, 100, 50] }]),
  line('secret', 'test', []),
]

let home: string
let told: TrainingProgressView[]
let store: ObjectStore

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-training-'))
  store = createMemoryObjectStore()
  told = []
  const chunks: string[] = []
  for (const split of ['train', 'val', 'test'] as const) {
    chunks.push(keys.datasetImages(dataset, split, 0))
    await writeLines(
      store,
      chunks.at(-1)!,
      DatasetLine,
      lines.filter((one) => one.split === split),
    )
  }
  await writeRecord(store, keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes: ['RBC', 'WBC'],
    images: { train: 2, val: 1, test: 1 },
    boxes: 2,
    empty: 2,
    boxesByClass: {},
    chunks,
  })
  for (const { image } of lines)
    await store.put(keys.imageBytes(image, 'png'), `bytes of ${image}`, 'image/png')
  await writeRecord(
    store,
    keys.config(configHash),
    ProjectConfig,
    ProjectConfig.parse({ project, classes: [{ name: 'RBC' }, { name: 'WBC' }] }),
  )
  await plan()
})

afterEach(async () => rm(home, { recursive: true, force: true }))

const plan = (changes: Partial<TrainingPlanRecord['arguments']> = {}) =>
  writeRecord(store, keys.trainingPlan(trainKey), TrainingPlanRecord, {
    v: 1,
    trainKey,
    dataset,
    task: 'detect',
    trainer: { name: 'ultralytics', version: '8.4.190', recipe: 1 },
    startedFrom: 'scratch',
    arguments: { ...planned, ...changes },
  })

/** Plays the trainer's role: "trains" by looking at the folder it was given. */
function fakeTrainer(
  look: (job: TrainingJob) => Promise<void> = async () => {},
): Trainer & { trained: number } {
  return {
    trained: 0,
    async train(job, watch) {
      this.trained += 1
      await look(job)
      watch.onProgress({
        epoch: 2,
        epochs: 3,
        losses: { box: 1.5 },
        map50: 0.4,
        map: 0.2,
        secondsPerEpoch: 7,
        waitsFor: null,
      })
      const file = async (name: string) => {
        await writeFile(join(home, name), name)
        return join(home, name)
      }
      return {
        onnxPath: await file('best.onnx'),
        weightsPath: await file('best.pt'),
        curvePath: await file('curve.csv'),
        referencePath: await file('reference.json'),
        epochs: 3,
        seconds: 12.5,
        resumed: false,
        ranWithBatch: 4,
        command: ['yolo', 'detect', 'train', 'batch=8'],
        packages: { ultralytics: '8.4.190' },
        platform: { system: 'Linux', processor: 'some', device: 'CPU', python: '3.11.7' },
      }
    },
    check: async () => '8.4.190',
  }
}

const activity = (trainer: Trainer) =>
  createTrainingActivities({
    store,
    trainers: { ultralytics: trainer, command: null },
    datasetsFolder: join(home, 'datasets'),
    now: () => new Date('2026-11-21T05:00:00Z'),
    sendProgress: async (_workflow, progress) => void told.push(progress),
  })

/** The worker's log of failed activities is not what these tests are about. */
const quiet = () => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })

async function train(trainer: Trainer, environment = quiet()) {
  const beats: TrainingProgressView[] = []
  environment.on('heartbeat', (details: TrainingProgressView) => beats.push(details))
  const result = await environment.run(async () => activity(trainer).trainStudent(input))
  return { result, beats }
}

test('the trainer is given training and validation images with their labels, and never a test image', async () => {
  const seen: Record<string, string> = {}
  await train(
    fakeTrainer(async ({ datasetFolder }) => {
      for (const name of await readdir(datasetFolder, { recursive: true, withFileTypes: true })) {
        const path = join(name.parentPath, name.name)
        if (name.isFile()) seen[path.slice(datasetFolder.length + 1)] = await readFile(path, 'utf8')
      }
      expect(seen['data.yaml']).toContain(`path: ${JSON.stringify(datasetFolder)}`)
    }),
  )
  const [a, empty, b] = lines.map(({ image }) => image)
  expect(seen).toEqual({
    'data.yaml': expect.stringContaining('1: "WBC"'),
    [`images/train/${a}.png`]: `bytes of ${a}`,
    [`images/train/${empty}.png`]: `bytes of ${empty}`,
    [`images/val/${b}.png`]: `bytes of ${b}`,
    [`labels/train/${a}.txt`]: '1 0.25000000 0.25000000 0.50000000 0.50000000\n',
    [`labels/train/${empty}.txt`]: '',
    [`labels/val/${b}.txt`]: '0 0.50000000 0.50000000 1.00000000 1.00000000\n',
  })
})

test('the model lies under the hash of its bytes, with weights, curve and a record of how it was made', async () => {
  const { result } = await train(fakeTrainer())
  const model = sha256Hex('best.onnx')
  expect(result).toEqual({ model, epochs: 3, seconds: 12.5, resumed: false })
  for (const file of ['model.onnx', 'weights.pt', 'training.csv']) {
    expect(await store.has(keys.modelFile(model, file))).toBe(true)
  }
  expect(await readRecord(store, keys.training(trainKey), TrainingRecord)).toMatchObject({
    model,
    dataset,
    trainKey,
    trainedImages: 2,
    parent: null,
    task: 'detect',
    trainer: { name: 'ultralytics', version: '8.4.190', recipe: 1 },
    arguments: { architecture: 'tiny', epochs: 3, batch: 8 },
    startedFrom: 'scratch',
    ranWithBatch: 4,
    resumed: false,
    command: ['yolo', 'detect', 'train', 'batch=8'],
    packages: { ultralytics: '8.4.190' },
    platform: { device: 'CPU', python: '3.11.7' },
    understudy: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
  })
})

test('a training that is recorded is not done again, and its copy of the dataset is gone', async () => {
  const trainer = fakeTrainer()
  const { result } = await train(trainer)
  expect((await train(trainer)).result).toEqual(result)
  expect(trainer.trained).toBe(1)
  expect(await readdir(join(home, 'datasets'))).toEqual([])
})

test('heartbeats and the workflow are told the epoch, its losses and mAP, and how long it will take', async () => {
  const { beats } = await train(fakeTrainer())
  const runId = `cells-${trainKey.slice(0, 12)}`
  const nothing = { losses: {}, map50: null, map: null, etaSeconds: null, waitsFor: null }
  expect(beats[0]).toEqual({ runId, epoch: 0, epochs: 3, ...nothing })
  const second = {
    runId,
    epoch: 2,
    epochs: 3,
    losses: { box: 1.5 },
    map50: 0.4,
    map: 0.2,
    etaSeconds: 7,
    waitsFor: null,
  }
  expect(beats.at(-1)).toEqual(second)
  expect(told).toEqual([second])
})

test('the heart beats every two seconds even when no epoch ends', async () => {
  vi.useFakeTimers()
  try {
    const heartbeat = vi.fn()
    const context = {
      heartbeat,
      cancellationSignal: new AbortController().signal,
      cancellationDetails: undefined,
    }
    const training = beatWhileTraining(
      context,
      { runId: 'r', epochs: 3 },
      () => new Promise((resolve) => setTimeout(resolve, 9000)),
    )
    await vi.advanceTimersByTimeAsync(9000)
    await training
    expect(heartbeat).toHaveBeenCalledTimes(5)
  } finally {
    vi.useRealTimers()
  }
})

test.each([
  ['somebody cancels', true, 'stop'],
  ['the worker shuts down or the server gave the attempt up', false, 'leave'],
])('when %s the trainer is told to %3$s', async (_name, cancelRequested, expected) => {
  const cancellation = new AbortController()
  const told = beatWhileTraining(
    {
      heartbeat: () => {},
      cancellationSignal: cancellation.signal,
      cancellationDetails: { cancelRequested },
    },
    { runId: 'r', epochs: 3 },
    async ({ signal, leave }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve('stop'))
        leave.addEventListener('abort', () => resolve('leave'))
      }),
  )
  cancellation.abort(new Error('reason'))
  expect(await told).toBe(expected)
})

test('a champion to start from is fetched with its weights', async () => {
  await plan({ parent })
  await store.put(keys.modelFile(parent, 'weights.pt'), 'weights of the parent', 'application/octet-stream')
  let weights = ''
  await train(fakeTrainer(async (job) => void (weights = await readFile(job.weights!, 'utf8'))))
  expect(weights).toBe('weights of the parent')
})

test('a champion whose weights are gone fails with what to do', async () => {
  await plan({ parent })
  await expect(train(fakeTrainer())).rejects.toMatchObject({
    code: 'NotFound',
    hint: expect.stringContaining('scratch'),
  })
})

test('an image that is gone from the store fails, and no half-made folder is left', async () => {
  await store.remove([keys.imageBytes(lines[0]!.image, 'png')])
  await expect(train(fakeTrainer())).rejects.toMatchObject({ code: 'NotFound' })
  expect(await readdir(join(home, 'datasets'))).toEqual([])
})

test('an image of no bytes fails before the trainer could leave it out in silence', async () => {
  await store.put(keys.imageBytes(lines[0]!.image, 'png'), '', 'image/png')
  await expect(train(fakeTrainer())).rejects.toMatchObject({ code: 'DatasetUnusable', retryable: false })
})

test('copies that the trainer found corrupt are thrown away, so that the next attempt has fresh ones', async () => {
  let folder = ''
  const trainer = fakeTrainer(async ({ datasetFolder }) => {
    folder = datasetFolder
    throw new AdapterError('TrainerCorruptData', 'refused', { retryable: false })
  })
  await expect(train(trainer)).rejects.toMatchObject({ code: 'TrainerCorruptData' })
  expect(existsSync(folder)).toBe(false)
})

test('a plan for another dataset is refused', async () => {
  const other = { ...input, dataset: sha256Hex('other') }
  const run = quiet().run(async () => activity(fakeTrainer()).trainStudent(other))
  await expect(run).rejects.toMatchObject({ code: 'BadInput' })
})
