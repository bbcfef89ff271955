import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { leaderOf, listAttempts, runPaths } from '../../activities/detached-training/run-folder.ts'
import { isAlive } from '../../activities/detached-training/process-identity.ts'
import { requireRecord } from '../../activities/store/records.ts'
import { ModelRecord, TrainingRecord } from '../../domain/schemas/records/model.ts'
import { demoTruth } from '../../infra/stack/stack-plan.ts'
import { openDemoLoop, type DemoLoop } from '../fixtures/stack/demo-loop.ts'
import { childrenOf, killAndAwaitNext } from '../fixtures/stack/processes.ts'
import { startTestStack, type TestStack } from '../fixtures/stack/start-test-stack.ts'

const epochs = 12

let stack: TestStack
let loop: DemoLoop

beforeAll(async () => {
  stack = await startTestStack({
    worker: true,
    simulate: { truth: [demoTruth] },
    requestsPerMinute: 6000,
  })
  loop = await openDemoLoop(stack.settings, {
    images: 20,
    review: { firstBatch: 6, routedBatch: 4 },
    student: { architecture: 'tiny', imageSize: 64, epochs },
    night: { minNewReviews: 1 },
    gate: { minImages: 2 },
  })
}, 300_000)
afterAll(async () => {
  await loop?.close()
  await stack?.stop()
}, 60_000)

// One life of a project: the night goes on from the cycle before it, which saves a stack and a training.
describe('a training that is under way', () => {
  test('is taken up by the next worker when its own is killed with -9: the same process, no epoch twice', async () => {
    await loop.start()
    await loop.reaches('review', 60_000)
    expect(await loop.review()).toBeGreaterThan(0)
    const run = await runBeside([], 60_000)
    await writtenTo(run, 2)
    const wrapper = (await attempts(run))[0]!
    const [trainer] = await childrenOf(wrapper.lock.pid)

    // Held, so that it cannot be over before the next worker has come to it.
    process.kill(-wrapper.lock.pid, 'SIGSTOP')
    const worker = await killAndAwaitNext(stack.home, 'worker')
    expect(await isAlive(leaderOf(wrapper))).toBe(true)
    await vi.waitFor(async () => expect(await trainingWorker()).toContain(`:${worker}`), {
      timeout: 60_000,
      interval: 200,
    })
    process.kill(-wrapper.lock.pid, 'SIGCONT')
    await writtenTo(run, 4)
    expect(await childrenOf(wrapper.lock.pid)).toEqual([trainer])

    const { outcome, model } = await loop.result()
    expect(outcome).toBe('completed')
    expect(await attempts(run)).toHaveLength(1)
    expect(await epochsIn(runPaths(run).results)).toEqual(allEpochs)
    expect(await recordOf(model)).toMatchObject({ epochs, resumed: false })
  })

  test('goes on from its last checkpoint when the trainer is killed with -9, and the cycle completes', async () => {
    const before = runs()
    expect(await loop.review()).toBeGreaterThan(0)
    await loop.start('nightly')
    const run = await runBeside(before, 60_000)
    await writtenTo(run, 3)
    const [trainer] = await childrenOf((await attempts(run))[0]!.lock.pid)
    process.kill(trainer!, 'SIGKILL')
    const known = (await epochsIn(runPaths(run).results)).length
    expect(known).toBeLessThan(epochs)

    const { outcome, model } = await loop.result()
    expect(outcome).toBe('completed')
    expect((await attempts(run)).map(({ exit }) => exit?.outcome)).toEqual(['killed', 'finished'])
    const written = await epochsIn(runPaths(run).results)
    // The row is written before the checkpoint: at most the epoch of the kill is done again, and none before it.
    expect(written.slice(known)[0]).toBeGreaterThanOrEqual(known)
    expect(await recordOf(model)).toMatchObject({ epochs, resumed: true })
    const curve = await loop.store.get(loop.keys.modelFile(model!, 'training.csv'))
    expect(epochsOf(Buffer.from(curve!.body).toString())).toEqual(allEpochs)
  })
})

const allEpochs = Array.from({ length: epochs }, (_, index) => index + 1)

const runs = (): string[] => readdirSync(stack.home.runsFolder)
const attempts = (run: string) => listAttempts(run)

async function recordOf(model: string | null): Promise<TrainingRecord> {
  const { trainKey } = await requireRecord(loop.store, loop.keys.modelRecord(model ?? ''), ModelRecord)
  return requireRecord(loop.store, loop.keys.training(trainKey), TrainingRecord)
}

/** The folder of the training that appears beside the known ones, once its trainer has been started. */
const runBeside = (known: readonly string[], timeout: number): Promise<string> =>
  vi.waitFor(
    async () => {
      const added = runs().find((name) => !known.includes(name))
      if (added === undefined) throw new Error(`no training: ${JSON.stringify((await loop.state()).failure)}`)
      const run = join(stack.home.runsFolder, added)
      if ((await attempts(run)).length === 0) throw new Error('no trainer yet')
      return run
    },
    { timeout, interval: 100 },
  )

/** Waits until the trainer has written so many epochs. */
const writtenTo = (run: string, epoch: number): Promise<void> =>
  vi.waitFor(async () => expect(await epochsIn(runPaths(run).results)).toContain(epoch), {
    timeout: 90_000,
    interval: 50,
  })

const epochsIn = async (file: string): Promise<number[]> =>
  epochsOf(await readFile(file, 'utf8').catch(() => ''))

/** Epochs in the order in which they were written, repeated ones included. */
const epochsOf = (csv: string): number[] =>
  csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[0]))

/** Who carries out the training's activity now, by its identity. */
async function trainingWorker(): Promise<string> {
  const { progress } = await loop.state()
  const { raw } = await loop.client.workflow.getHandle(progress?.training?.workflowId ?? '').describe()
  const [activity] = raw.pendingActivities ?? []
  return activity?.attempt === 1 ? '' : (activity?.lastWorkerIdentity ?? '')
}
