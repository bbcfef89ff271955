import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownReductions } from '../../../../activities/adapters/ultralytics/own-batch-reduction.ts'
import {
  complainsOfMemory,
  countOomKills,
  ranOutOfMemory,
} from '../../../../activities/detached-training/out-of-memory.ts'
import { openFakeYolo, until } from '../../../fixtures/fake-yolo-bench.ts'

let bench: Awaited<ReturnType<typeof openFakeYolo>>
beforeEach(async () => {
  bench = await openFakeYolo()
})
afterEach(() => bench.close())

test.each([
  ['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB', true],
  ['MemoryError', true],
  ["RuntimeError: [enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory", true],
  ['numpy._core._exceptions._ArrayMemoryError: Unable to allocate 9.31 GiB for an array', true],
  ['OSError: [Errno 12] Cannot allocate memory', true],
  ["terminate called after throwing an instance of 'std::bad_alloc'", true],
  ['OSError: [Errno 28] No space left on device', false],
])('%s: lack of memory is %s', (line, expected) => {
  expect(complainsOfMemory(line)).toBe(expected)
})

test.each([
  ['a -9 that the kernel counted', { code: null, signal: 'SIGKILL' }, 3, 4, true],
  ['a -9 that nobody counted', { code: null, signal: 'SIGKILL' }, 3, 3, false],
  ['exit code 137 of a shell between, counted', { code: 137, signal: null }, 0, 1, true],
  ['a -9 where nobody counts', { code: null, signal: 'SIGKILL' }, null, null, false],
  ['a TERM', { code: null, signal: 'SIGTERM' }, 3, 4, false],
] as const)('%s', (_name, ended, before, after, expected) => {
  expect(ranOutOfMemory(ended, '', { before, after })).toBe(expected)
})

test('the kernel tells how many processes it ended, and another system nothing', async () => {
  const path = join(bench.home, 'vmstat')
  await writeFile(path, 'nr_free_pages 12\noom_kill 17\nnuma_hit 1\n')
  expect(await countOomKills(path)).toBe(17)
  expect(await countOomKills(join(bench.home, 'none'))).toBeNull()
})

test('too little memory halves the batch, once, and gradients still add up to the planned one', async () => {
  await bench.behave({ memory: { batch: 4 } })
  const output = await bench.train()
  expect(output).toMatchObject({ epochs: 5, ranWithBatch: 4, resumed: false })
  expect(output.command).toEqual(expect.arrayContaining(['batch=4', 'nbs=8']))
  const trained = (await bench.calls()).filter(({ call }) => call === 'train')
  expect(trained.map(({ batch, nbs }) => [batch, nbs])).toEqual([
    ['8', '8'],
    ['4', '8'],
  ])
})

test('memory that runs out on the way costs no epoch: it goes on from the checkpoint with half', async () => {
  await bench.behave({ memory: { batch: 4, from: 3 } })
  expect(await bench.train()).toMatchObject({ epochs: 5, ranWithBatch: 4 })
  expect((await bench.calls()).map(({ call, batch }) => [call, batch])).toEqual([
    ['train', '8'],
    ['resume', '4'],
    ['export', '1'],
  ])
})

test('half a batch that does not fit either fails with advice, and is not tried again', async () => {
  await bench.behave({ memory: { batch: 2 } })
  await expect(bench.train()).rejects.toMatchObject({
    code: 'TrainerOutOfMemory',
    retryable: false,
    message: expect.stringContaining('with 4 images at a time'),
    hint: expect.stringContaining('student.imageSize'),
  })
  expect(await bench.calls()).toHaveLength(2)
})

test('a later attempt begins with the half that an earlier one went down to', async () => {
  await bench.behave({ memory: { batch: 4 }, epochMilliseconds: 300 })
  const first = expect(bench.train()).rejects.toMatchObject({ code: 'TrainerLost' })
  await until('half a batch trains', async () => (await bench.calls()).some(({ batch }) => batch === '4'))
  const { pid } = (await bench.calls()).at(-1)!
  process.kill(pid, 'SIGKILL')
  await first
  await bench.behave({ memory: { batch: 4 } })
  expect(await bench.train()).toMatchObject({ epochs: 5, ranWithBatch: 4 })
  expect((await bench.calls()).filter(({ batch }) => batch === '8')).toHaveLength(1)
})

test("the trainer's own halving on a graphics card is the one that is allowed, and stands in the record", async () => {
  await bench.behave({ reduces: [4], epochMilliseconds: 3000 })
  expect(await bench.train({ arguments: { ...bench.job().arguments, epochs: 1 } })).toMatchObject({
    ranWithBatch: 4,
  })
})

test("the trainer's second halving by itself is one too many", async () => {
  await bench.behave({ reduces: [4, 2], epochMilliseconds: 3000 })
  await expect(bench.train()).rejects.toMatchObject({ code: 'TrainerOutOfMemory' })
})

test('the batches that the trainer goes down to are read from its log', () => {
  const log =
    'WARNING CUDA out of memory with batch=16. Reducing to batch=8 and retrying (1/3).\nCUDA out of memory with batch=8. Reducing to batch=4 and retrying (2/3).'
  expect(ownReductions(log)).toEqual([8, 4])
})
