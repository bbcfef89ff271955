import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identifyProcess } from '../../../../activities/detached-training/process-identity.ts'
import { runPaths } from '../../../../activities/detached-training/run-folder.ts'
import type { TrainingProgress } from '../../../../activities/roles/trainer.ts'
import { openFakeYolo, until } from '../../../fixtures/fake-yolo-bench.ts'

let bench: Awaited<ReturnType<typeof openFakeYolo>>
beforeEach(async () => {
  bench = await openFakeYolo()
})
afterEach(() => bench.close(['run', 'other']))

const isRunning = async (pid: number) => (await identifyProcess(pid)) !== null
const trained = async () => (await bench.calls()).filter(({ call }) => call === 'train').length

test('two workers of one host train one after the other, and the second says for whom it waits', async () => {
  await bench.behave({ epochMilliseconds: 200 })
  const first = bench.train()
  await until('the first trains', async () => (await trained()) === 1)
  const progress: TrainingProgress[] = []
  const second = bench.train({ runId: 'other' }, { progress })
  await until('the second waits', () => progress.some(({ waitsFor }) => waitsFor === 'run'))
  expect(await trained()).toBe(1)
  await Promise.all([first, second])
  expect((await bench.calls()).map(({ call }) => call)).toEqual(['train', 'export', 'train', 'export'])
  const [[one], [two]] = [await bench.attempts(), await bench.attempts('other')]
  expect(two!.lock.at).toBeGreaterThanOrEqual(one!.exit!.at)
})

test('a training that waits for the host can be cancelled, and never starts', async () => {
  await bench.behave({ epochMilliseconds: 300 })
  const first = bench.train()
  await until('the first trains', async () => (await trained()) === 1)
  const stop = new AbortController()
  const progress: TrainingProgress[] = []
  const second = expect(bench.train({ runId: 'other' }, { progress, signal: stop.signal })).rejects.toThrow(
    'enough',
  )
  await until('the second waits', () => progress.length > 0)
  stop.abort(new Error('enough'))
  await second
  await first
  expect(await bench.attempts('other')).toEqual([])
})

test.each([
  ['its number belongs to another process now', (startedAt: string) => startedAt.replace(/\d+$/, '1')],
  ['the machine was started anew', (startedAt: string) => startedAt.replace(/^[^:]+/, 'another-boot')],
])('after a crash the run is taken up when %s', async (_name, change) => {
  await bench.behave({ epochMilliseconds: 150 })
  const first = expect(bench.train()).rejects.toMatchObject({ code: 'TrainerLost' })
  const { last, lock } = runPaths(bench.folder())
  await until('a checkpoint lies there', () => existsSync(last))
  process.kill((await bench.calls())[0]!.pid, 'SIGKILL')
  await first
  // As if the wrapper had gone without a word, and this very process had its number.
  const { exit } = runPaths(bench.folder())
  const own = (await identifyProcess(process.pid))!
  const left = JSON.parse(await readFile(lock(1), 'utf8'))
  await writeFile(lock(1), JSON.stringify({ ...left, ...own, startedAt: change(own.startedAt) }))
  await rm(exit(1))
  await bench.behave({})
  expect(await bench.train()).toMatchObject({ epochs: 5, resumed: true })
  expect(await isRunning(process.pid)).toBe(true)
})

test('a training that takes longer than it may is ended, with advice', async () => {
  await bench.behave({ epochMilliseconds: 600 })
  await expect(bench.train({ maxSeconds: 1.5 })).rejects.toMatchObject({
    code: 'TrainerTimeout',
    retryable: false,
    message: expect.stringMatching(/in epoch \d of 5 \(student\.maxHours\)/),
    hint: expect.stringContaining('student.epochs'),
  })
  expect(await isRunning((await bench.calls())[0]!.pid)).toBe(false)
})

test.each([
  ['OSError: [Errno 28] No space left on device', 'TrainerDiskFull', 'Free space'],
  ['KeyError: something else', 'TrainerFailed', 'log'],
])('a trainer that says "%s" fails as %s', async (says, code, hint) => {
  await bench.behave({ failAt: 2, says })
  await expect(bench.train()).rejects.toMatchObject({
    code,
    retryable: false,
    message: expect.stringContaining(says),
    hint: expect.stringContaining(hint),
  })
})

test('an export under another name, as of whole numbers, is missed instead of a stale file being taken', async () => {
  await bench.behave({ onnxEnding: '_int8.onnx' })
  await expect(bench.train()).rejects.toMatchObject({
    code: 'TrainerFailed',
    message: expect.stringContaining('no ONNX file'),
  })
})

test("each run has settings of its own, with reports and loggers off, and leaves the user's alone", async () => {
  const user = join(bench.home, 'user')
  await mkdir(user)
  const before = process.env['HOME']
  process.env['HOME'] = user
  try {
    await bench.train()
  } finally {
    process.env['HOME'] = before
  }
  const { config } = runPaths(bench.folder())
  const settings = JSON.parse(await readFile(join(config, 'Ultralytics', 'settings.json'), 'utf8'))
  expect(settings).toMatchObject({
    sync: false,
    api_key: '',
    wandb: false,
    mlflow: false,
    comet: false,
    tensorboard: false,
  })
  expect(JSON.stringify(settings)).not.toContain(user)
  expect(existsSync(join(user, '.config'))).toBe(false)
})
