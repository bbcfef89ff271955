import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readLines } from '../../../../../activities/adapters/command-trainer/contract.ts'
import { createCommandTrainer } from '../../../../../activities/adapters/command-trainer/trainer.ts'
import type { TrainingProgress } from '../../../../../activities/roles/trainer.ts'

const program = fileURLToPath(new URL('../../../../fixtures/command-trainer/trainer.mjs', import.meta.url))

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-command-'))
  for (const split of ['train', 'val']) await mkdir(join(home, 'data', 'images', split), { recursive: true })
})
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))

const trainer = (path = program) =>
  createCommandTrainer({ program: path, runsFolder: join(home, 'runs'), slotFolder: join(home, 'slot') })

const train = (architecture: string, progress: TrainingProgress[] = []) =>
  trainer().train(
    {
      runId: 'run',
      datasetFolder: join(home, 'data'),
      task: 'detect',
      weights: null,
      arguments: {
        architecture,
        parent: null,
        baseWeights: null,
        imageSize: 32,
        epochs: 5,
        batch: 4,
        learningRate: 0.01,
        seed: 7,
      },
      maxSeconds: 600,
    },
    { onProgress: (step) => progress.push(step), signal: new AbortController().signal },
  )

test('a program that keeps the contract trains: job in, progress told, model, weights and curve out', async () => {
  const progress: TrainingProgress[] = []
  const output = await train('auto', progress)
  expect(output).toMatchObject({
    epochs: 5,
    resumed: false,
    ranWithBatch: 4,
    packages: { pretender: '1.0' },
    platform: { device: 'CPU (imagined)', python: 'none' },
  })
  expect(progress.at(-1)).toMatchObject({ epoch: 5, epochs: 5, losses: { box: 0.2, cls: 0.4 }, map50: 0.5 })
  expect(await readFile(output.curvePath, 'utf8')).toBe(
    [
      'epoch,train/box_loss,train/cls_loss,metrics/mAP50,metrics/mAP50-95',
      ...[1, 2, 3, 4, 5].map((n) => [n, 1 / n, 2 / n, n / 10, n / 20].join(',')),
      '',
    ].join('\n'),
  )
  expect(JSON.parse(await readFile(output.weightsPath!, 'utf8'))).toEqual({
    contract: 1,
    task: 'detect',
    dataset: join(home, 'data'),
    weights: null,
    architecture: 'auto',
    imageSize: 32,
    epochs: 5,
    batch: 4,
    learningRate: 0.01,
    seed: 7,
  })
})

test('one that was killed is called again in the same folder, and goes on', async () => {
  await expect(train('dies')).rejects.toMatchObject({ code: 'TrainerLost', retryable: true })
  expect(await train('dies')).toMatchObject({ epochs: 5, resumed: true })
})

test('one that lacks memory is called once more with half the batch', async () => {
  expect(await train('needs-memory')).toMatchObject({ ranWithBatch: 2 })
})

test('one that refuses files fails the training, although it would exit 0', async () => {
  await expect(train('refuses')).rejects.toMatchObject({
    code: 'TrainerCorruptData',
    message: expect.stringContaining('images/train/a.png: too blue'),
  })
})

test('one that keeps no weights is no failure', async () => {
  expect((await train('keeps-nothing')).weightsPath).toBeNull()
})

test('it is asked for its version, and missed with advice when it is not there', async () => {
  expect(await trainer().check()).toBe('pretender 1.0')
  await expect(trainer(join(home, 'none')).check()).rejects.toMatchObject({
    code: 'TrainerMissing',
    hint: expect.stringContaining('docs/trainers.md'),
  })
})

test('lines that are no JSON objects, cut ones and strange ones are for people', () => {
  const log =
    'hello\n{"epoch":1}\n{"epoch":0}\n{"epoch":"2"}\n{"epoch":2,"map50":0.5\n[1]\n{"refused":"all"}\n'
  expect(readLines(log)).toEqual({
    epochs: [{ epoch: 1, losses: {}, map50: null, map: null }],
    about: null,
    refused: null,
  })
})
