import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readRecord } from '../../activities/store/records.ts'
import { DraftRecord, PromptRecord } from '../../domain/schemas/records/draft.ts'
import { demoTruth } from '../../infra/stack/stack-plan.ts'
import { chunksInFlight, draftsInFlight } from '../../workflows/policies.ts'
import { openDemoLoop, simulatorOf, type DemoLoop } from '../fixtures/stack/demo-loop.ts'
import { killAndAwaitNext } from '../fixtures/stack/processes.ts'
import { startTestStack, type TestStack } from '../fixtures/stack/start-test-stack.ts'

/** More than one chunk, so that as many calls are in flight as ever can be. */
const images = 60
const inFlight = chunksInFlight * draftsInFlight

let stack: TestStack
let loop: DemoLoop

beforeAll(async () => {
  stack = await startTestStack({
    worker: true,
    simulate: { truth: [demoTruth] },
    requestsPerMinute: 6000,
  })
  loop = await openDemoLoop(stack.settings, { images })
}, 300_000)
afterAll(async () => {
  await loop?.close()
  await stack?.stop()
}, 60_000)

test('a worker killed with -9 while it drafts costs no more than the calls in flight, and the cycle goes on to its end', async () => {
  const teacher = simulatorOf(stack.settings)
  await teacher.script([{ match: 'all', fault: { kind: 'latency', ms: 1500 } }])
  await loop.start()
  const atTheKill = await vi.waitFor(
    async () => {
      const calls = await teacher.calls()
      expect(calls.paidImages).toBeGreaterThan(inFlight)
      expect(calls.inFlight).toBeGreaterThan(inFlight / 2)
      return calls
    },
    { timeout: 60_000, interval: 20 },
  )
  expect(atTheKill.paidImages).toBeLessThan(images)
  await killAndAwaitNext(stack.home, 'worker')

  // Lost calls are known to be lost only when their time is over: minutes, by design (workflows/policies.ts).
  await loop.reaches('review', 240_000)
  const calls = await teacher.calls()
  expect(calls.paidImages).toBe(images)
  expect(calls.paid).toBeLessThanOrEqual(images + inFlight)
  // The kill must have hit something, or this would prove nothing.
  expect(calls.paid).toBeGreaterThan(images)
  expect((await loop.state()).progress?.drafting).toMatchObject({ done: images, failed: 0 })
  expect(await drafts()).toBe(images)

  await loop.finishReview()
  expect(await loop.result()).toMatchObject({ outcome: 'nothing-reviewed' })
})

/** Drafts that can be read, all of one prompt version. */
async function drafts(): Promise<number> {
  const keys: string[] = []
  for await (const key of loop.store.list(loop.keys.allDrafts)) keys.push(key)
  const prompts = keys.filter((key) => key.endsWith('_prompt.json'))
  expect(prompts).toHaveLength(1)
  const { promptVersion } = (await readRecord(loop.store, prompts[0]!, PromptRecord))!
  const found = keys.filter((key) => /\/[0-9a-f]{64}\.json$/.test(key))
  for (const key of found) {
    expect(await readRecord(loop.store, key, DraftRecord)).toMatchObject({ promptVersion, status: 'ok' })
  }
  return found.length
}
