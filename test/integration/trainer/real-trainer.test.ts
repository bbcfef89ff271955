import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAttempts } from '../../../activities/detached-training/run-folder.ts'
import { endGroup, identifyProcess, isAlive } from '../../../activities/detached-training/process-identity.ts'
import type { TrainingProgress } from '../../../activities/roles/trainer.ts'
import { childrenOf } from '../../fixtures/stack/processes.ts'
import { compareRuntimes } from './compare-runtimes.ts'
import { epochsWritten, jobFor, makeDataset, pathsIn, program, trainerIn, until } from './trainer-bench.ts'

let home: string
let datasetFolder: string

beforeEach(async () => {
  ;({ home, datasetFolder } = await makeDataset())
})

afterEach(async () => {
  for (const { lock } of await attempts()) await endGroup(lock, 2000)
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

const attempts = async () => listAttempts(join(home, 'runs', 'run')).catch(() => [])
const reached = (epoch: number) =>
  until(`epoch ${epoch} is written`, async () => (await epochsWritten(home)).includes(epoch))
const train = (epochs: number, parentWeights: string | null = null, progress: TrainingProgress[] = []) =>
  trainerIn(home).train(jobFor(datasetFolder, epochs, parentWeights), {
    onProgress: (step) => progress.push(step),
    signal: new AbortController().signal,
  })

/** The trainer itself: the only child of the wrapper that holds the lock. */
async function trainerProcess(): Promise<number> {
  const { lock } = (await attempts()).at(-1)!
  const [pid] = await childrenOf(lock.pid)
  if (pid === undefined) throw new Error('The wrapper has no child.')
  return pid
}

test('the real trainer trains and exports a model that tells nothing of this machine', async () => {
  const progress: TrainingProgress[] = []
  const output = await train(2, null, progress)
  expect(output).toMatchObject({ epochs: 2, resumed: false })
  expect(output.packages).toMatchObject({
    ultralytics: await trainerIn(home).check(),
    onnx: expect.any(String),
    // Of every package of its environment, not only of those it names.
    numpy: expect.stringMatching(/^\d/),
  })
  expect(output).toMatchObject({
    ranWithBatch: 8,
    platform: { device: expect.stringContaining('CPU'), python: expect.stringMatching(/^3\./) },
  })
  expect(output.command).toEqual(
    expect.arrayContaining(['model=understudy-tiny.yaml', 'seed=0', 'project=<run>', 'imgsz=64']),
  )
  expect(output.command.join(' ')).not.toContain(home)
  expect(progress.at(-1)).toMatchObject({ epoch: 2, epochs: 2, map50: expect.any(Number) })
  const onnx = await readFile(output.onnxPath)
  expect(onnx.includes('trained on data.yaml')).toBe(true)
  expect(onnx.includes(home)).toBe(false)
  const log = await readFile(pathsIn(home).log(1), 'utf8')
  expect(log).not.toMatch(/[Dd]ownload(ing)? http|Ultralytics Settings file|autoinstall/)
})

test('what the real trainer finds on an image with its own runtime, the exported model finds here', async () => {
  const compared = await compareRuntimes(await train(6), datasetFolder)
  expect(compared.differences).toEqual([])
  expect(compared.boxes).toBeGreaterThan(0)
  expect(compared.pixels).toBeLessThan(0.05)
})

test('a second training starts from the weights of the first', async () => {
  const parent = (await train(1)).weightsPath
  const warm = { ...jobFor(datasetFolder, 1, parent), runId: 'warm' }
  await trainerIn(home).train(warm, { onProgress: () => {}, signal: new AbortController().signal })
  const log = await readFile(join(home, 'runs', 'warm', 'attempt-1.log'), 'utf8')
  const [, taken, all] = /Transferred (\d+)\/(\d+) items from pretrained weights/.exec(log) ?? []
  expect(taken).toBeDefined()
  expect(taken).toBe(all)
})

test('a caller killed with -9 leaves the trainer alive, and the next one attaches to the same process', async () => {
  const job = jobFor(datasetFolder, 20)
  const caller = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('calling-process.ts', import.meta.url)),
      program(),
      join(home, 'runs'),
      JSON.stringify(job),
    ],
    { stdio: 'ignore', env: { ...process.env, NODE_NO_WARNINGS: '1' } },
  )
  await reached(2)
  const trainer = (await identifyProcess(await trainerProcess()))!
  caller.kill('SIGKILL')
  await once(caller, 'exit')
  expect(await isAlive(trainer)).toBe(true)

  const rest = train(20)
  expect(await trainerProcess()).toBe(trainer.pid)
  expect(await rest).toMatchObject({ epochs: 20, resumed: false })
  expect(await attempts()).toHaveLength(1)
  expect(await epochsWritten(home)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
})

test('a trainer killed with -9 is resumed from its last checkpoint', async () => {
  const first = expect(train(20)).rejects.toMatchObject({ code: 'TrainerLost', retryable: true })
  await reached(4)
  process.kill(await trainerProcess(), 'SIGKILL')
  await first
  const before = await epochsWritten(home)
  expect(await train(20)).toMatchObject({ epochs: 20, resumed: true })
  const after = (await epochsWritten(home)).slice(before.length)
  // The row is written before the checkpoint, so at most the epoch of the kill is done again.
  expect(after[0]).toBeGreaterThanOrEqual(before.at(-1)!)
  expect(after.at(-1)).toBe(20)
})

test('a checkpoint cut by the kill is passed over for the copy of the one before', async () => {
  const first = expect(train(20)).rejects.toMatchObject({ code: 'TrainerLost' })
  await reached(6)
  process.kill(await trainerProcess(), 'SIGKILL')
  await first
  const paths = pathsIn(home)
  await truncate(paths.last, 100_000)
  expect(await train(20)).toMatchObject({ epochs: 20, resumed: true })
  expect(await readFile(paths.log(2), 'utf8')).toMatch(/Resuming training .*kept(-before)?\.pt from epoch/)
})

test('a finished training is returned at once, and nothing is resumed', async () => {
  const first = await train(1)
  const began = performance.now()
  expect(await train(1)).toEqual(first)
  expect(performance.now() - began).toBeLessThan(2000)
  expect(await attempts()).toHaveLength(1)
})

test('a corrupt photograph fails the training, although the trainer would exit 0', async () => {
  const broken = join(datasetFolder, 'images', 'train', 'BloodImage_00003.jpg')
  await truncate(broken, 2000)
  await expect(train(1)).rejects.toMatchObject({
    code: 'TrainerCorruptData',
    retryable: false,
    message: expect.stringContaining('images/train/BloodImage_00003.jpg'),
  })
})

test('a cancel ends the trainer with all its processes', async () => {
  const cancel = new AbortController()
  const cancelled = expect(
    trainerIn(home).train(jobFor(datasetFolder, 50), { onProgress: () => {}, signal: cancel.signal }),
  ).rejects.toThrow('cancelled by a person')
  await reached(1)
  const trainer = (await identifyProcess(await trainerProcess()))!
  cancel.abort(new Error('cancelled by a person'))
  await cancelled
  expect(await isAlive(trainer)).toBe(false)
})
