import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identifyProcess } from '../../../../../activities/detached-training/process-identity.ts'
import { listAttempts, runPaths } from '../../../../../activities/detached-training/run-folder.ts'
import { createTrainer } from '../../../../../activities/adapters/ultralytics/trainer.ts'
import type { Trainer, TrainingJob, TrainingProgress } from '../../../../../activities/roles/trainer.ts'

const program = fileURLToPath(new URL('../../../../fixtures/fake-yolo/yolo', import.meta.url))

let home: string
let trainer: Trainer
let folder: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-trainer-'))
  for (const split of ['train', 'val']) await mkdir(join(home, 'data', 'images', split), { recursive: true })
  trainer = createTrainer({ program, runsFolder: join(home, 'runs'), slotFolder: join(home, 'slot') })
  folder = join(home, 'runs', 'run')
})

afterEach(async () => {
  const pid = await trainerPid()
  if (pid !== null && (await isRunning(pid))) process.kill(pid, 'SIGKILL')
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

const behave = async (behaviour: Record<string, unknown>) =>
  writeFile(join(home, 'data', 'behaviour.json'), JSON.stringify(behaviour))

const job = (changes: Partial<TrainingJob['arguments']> = {}): TrainingJob => ({
  runId: 'run',
  datasetFolder: join(home, 'data'),
  task: 'detect',
  weights: null,
  arguments: {
    architecture: 'tiny',
    parent: null,
    baseWeights: null,
    imageSize: 64,
    epochs: 5,
    batch: 8,
    learningRate: 0.003,
    seed: 0,
    ...changes,
  },
  maxSeconds: 600,
})

const train = (
  watch: { signal?: AbortSignal; leave?: AbortSignal } = {},
  progress: TrainingProgress[] = [],
) =>
  trainer.train(job(), {
    onProgress: (step) => progress.push(step),
    signal: watch.signal ?? new AbortController().signal,
    ...(watch.leave ? { leave: watch.leave } : {}),
  })

async function calls(): Promise<{ call: string; pid: number; model: string; env: string[] }[]> {
  const file = join(home, 'data', 'calls.jsonl')
  if (!existsSync(file)) return []
  return (await readFile(file, 'utf8'))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
const trainerPid = async () => (await calls()).findLast(({ call }) => call !== 'export')?.pid ?? null
const epochsWritten = async () => {
  const { results } = runPaths(folder)
  const lines = existsSync(results) ? (await readFile(results, 'utf8')).trim().split('\n').slice(1) : []
  return lines.map((line) => Number(line.split(',')[0]))
}
/** A process that has ended but that nobody has reaped does not run. */
const isRunning = async (pid: number) => (await identifyProcess(pid)) !== null
async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Waited 10 s in vain until ${what}.`)
    await wait(20)
  }
}
const reached = (epoch: number) =>
  until(`epoch ${epoch}`, async () => (await epochsWritten()).includes(epoch))

test('trains, exports, tells each step, and keeps the files', async () => {
  const progress: TrainingProgress[] = []
  const output = await train({}, progress)
  expect(output).toMatchObject({
    epochs: 5,
    resumed: false,
    packages: { ultralytics: '0.0.0', onnx: '1.2.3' },
  })
  expect(await readFile(output.onnxPath, 'utf8')).toContain('onnx of 5 epochs')
  expect(progress.at(-1)).toMatchObject({
    epoch: 5,
    epochs: 5,
    losses: { box: 1.5 },
    map50: 0.5,
    map: 0.05,
    secondsPerEpoch: 1,
    waitsFor: null,
  })
})

test('a finished training is not run again, and never resumed', async () => {
  const first = await train()
  const second = await train()
  expect(second).toEqual(first)
  expect((await calls()).map(({ call }) => call)).toEqual(['train', 'export'])
})

test('the trainer sees no variable of ours but the few it needs', async () => {
  process.env['GEMINI_API_KEY'] = 'canary'
  try {
    await train()
  } finally {
    delete process.env['GEMINI_API_KEY']
  }
  const [call] = await calls()
  expect(call?.env).toContain('YOLO_OFFLINE')
  expect(call?.env).not.toContain('GEMINI_API_KEY')
})

test('a second attempt attaches to the run that is alive', async () => {
  await behave({ epochMilliseconds: 150 })
  const [one, two] = await Promise.all([train(), reached(2).then(() => train())])
  expect(two).toEqual(one)
  expect((await calls()).map(({ call }) => call)).toEqual(['train', 'export'])
  expect(await epochsWritten()).toEqual([1, 2, 3, 4, 5])
})

test('two attempts that begin in the same moment share one trainer', async () => {
  await behave({ epochMilliseconds: 50 })
  await Promise.all([train(), train(), train()])
  expect((await calls()).map(({ call }) => call)).toEqual(['train', 'export'])
})

test('a watcher that leaves does not end the trainer', async () => {
  await behave({ epochMilliseconds: 150 })
  const leave = new AbortController()
  const left = expect(train({ leave: leave.signal })).rejects.toThrow('gone')
  await reached(1)
  leave.abort(new Error('gone'))
  await left
  expect(await isRunning((await trainerPid())!)).toBe(true)
  expect(await train()).toMatchObject({ epochs: 5, resumed: false })
})

test('an abort ends the whole process group and the next attempt resumes', async () => {
  await behave({ epochMilliseconds: 200 })
  const stop = new AbortController()
  const stopped = expect(train({ signal: stop.signal })).rejects.toThrow('enough')
  await reached(2)
  const pid = (await trainerPid())!
  stop.abort(new Error('enough'))
  await stopped
  expect(await isRunning(pid)).toBe(false)
  await behave({})
  expect(await train()).toMatchObject({ epochs: 5, resumed: true })
  expect((await calls()).map(({ call }) => call)).toEqual(['train', 'resume', 'export'])
})

test('a killed trainer is reported as lost and resumed from its last checkpoint', async () => {
  await behave({ epochMilliseconds: 150 })
  const first = expect(train()).rejects.toMatchObject({ code: 'TrainerLost', retryable: true })
  await reached(3)
  process.kill((await trainerPid())!, 'SIGKILL')
  await first
  expect(await train()).toMatchObject({ epochs: 5, resumed: true })
  const epochs = await epochsWritten()
  expect(epochs.filter((epoch) => epoch === 1)).toEqual([1])
  expect([...new Set(epochs)]).toEqual([1, 2, 3, 4, 5])
})

test('a trainer whose wrapper was killed is ended before another one starts', async () => {
  await behave({ epochMilliseconds: 300 })
  const first = expect(train()).rejects.toMatchObject({ code: 'TrainerLost' })
  await reached(1)
  const [attempt] = await listAttempts(folder)
  const orphan = (await trainerPid())!
  process.kill(attempt!.lock.pid, 'SIGKILL')
  await first
  expect(await isRunning(orphan)).toBe(true)
  await train()
  expect(await isRunning(orphan)).toBe(false)
})

test('a checkpoint that was cut in the middle of writing is passed over for the copy of the one before', async () => {
  await behave({ epochMilliseconds: 700 })
  const first = expect(train()).rejects.toMatchObject({ code: 'TrainerLost' })
  await reached(2)
  await until('a copy is kept', async () => existsSync(runPaths(folder).kept))
  process.kill((await trainerPid())!, 'SIGKILL')
  await first
  await truncate(runPaths(folder).last, 20)
  await behave({})
  expect(await train()).toMatchObject({ epochs: 5, resumed: true })
  expect((await calls()).find(({ call }) => call === 'resume')?.model).toBe(runPaths(folder).kept)
})

test('a training that was killed before its export is exported, not resumed', async () => {
  await behave({ exportExit: 9 })
  await expect(train()).rejects.toMatchObject({
    code: 'TrainerFailed',
    message: expect.stringContaining('export'),
  })
  await behave({})
  await train()
  expect((await calls()).map(({ call }) => call)).toEqual(['train', 'export', 'export'])
  expect(existsSync(join(home, 'data', 'started-something-new'))).toBe(false)
})

test('a trainer that fails is quoted', async () => {
  await behave({ failAt: 2 })
  await expect(train()).rejects.toMatchObject({
    code: 'TrainerFailed',
    retryable: false,
    message: expect.stringMatching(/exit code 3[^]*something is wrong/),
  })
})

test('a program that is not there fails with its name', async () => {
  trainer = createTrainer({
    program: join(home, 'no-such-yolo'),
    runsFolder: join(home, 'runs'),
    slotFolder: join(home, 'slot'),
  })
  await expect(train()).rejects.toMatchObject({
    code: 'TrainerMissing',
    message: expect.stringContaining('ENOENT'),
  })
  await expect(trainer.check()).rejects.toMatchObject({ code: 'TrainerMissing' })
})

test('files that the trainer refuses fail the training although it would exit 0', async () => {
  await behave({ corrupt: ['images/train/broken.jpg'], epochMilliseconds: 2000 })
  await expect(train()).rejects.toMatchObject({
    code: 'TrainerCorruptData',
    retryable: false,
    message: expect.stringContaining(' images/train/broken.jpg: broken'),
  })
  expect(await isRunning((await trainerPid())!)).toBe(false)
})

test('refused files are found too when nobody watched the training', async () => {
  await behave({ corrupt: ['images/train/broken.jpg'], epochMilliseconds: 1 })
  await expect(train()).rejects.toMatchObject({ code: 'TrainerCorruptData' })
  await expect(train()).rejects.toMatchObject({ code: 'TrainerCorruptData' })
})

test('a model that would tell a folder of this machine is held back', async () => {
  await behave({ leak: true })
  await expect(train()).rejects.toMatchObject({
    code: 'TrainerFailed',
    message: expect.stringContaining('path'),
  })
})

test('a run of the same name with other arguments is not touched', async () => {
  await behave({ failAt: 2 })
  await expect(train()).rejects.toThrow('exit code 3')
  const other = trainer.train(job({ seed: 1 }), {
    onProgress: () => {},
    signal: new AbortController().signal,
  })
  await expect(other).rejects.toMatchObject({ code: 'TrainerBusy' })
})

test('a finished training tells what the trainer’s own runtime finds on the first validation image', async () => {
  const image = 'a'.repeat(64)
  await writeFile(join(home, 'data', 'images', 'val', `${image}.jpg`), 'picture')
  await writeFile(join(home, 'data', 'images', 'val', `${'b'.repeat(64)}.jpg`), 'picture')
  await behave({ sees: '1 0.5 0.25 0.1 0.2 0.75\n0 0.1 0.1 0.05 0.05 0.5\n' })
  const { referencePath } = await train()
  expect(JSON.parse(await readFile(referencePath ?? '', 'utf8'))).toMatchObject({
    image,
    complete: true,
    boxes: [
      { class: 1, xywh: [0.5, 0.25, 0.1, 0.2], score: 0.75 },
      { class: 0, xywh: [0.1, 0.1, 0.05, 0.05], score: 0.5 },
    ],
  })
})

test('a trainer that cannot run what it exported fails the training', async () => {
  await writeFile(join(home, 'data', 'images', 'val', `${'a'.repeat(64)}.jpg`), 'picture')
  await behave({ predictExit: 2 })
  await expect(train()).rejects.toMatchObject({
    code: 'TrainerFailed',
    message: expect.stringContaining('while it should predict'),
  })
})
