import { WorkflowFailedError } from '@temporalio/client'
import { expect, test } from 'vitest'
import type { DraftPlan } from '../../domain/contracts/activities.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import { progressQuery } from '../../workflows/messages.ts'
import type { cycle } from '../../workflows/cycle.ts'
import { drafted, failWith, fakeLoop, type AllActivities } from './setup/fake-loop.ts'
import { eventually, withLoop, type Loop } from './setup/with-loop.ts'

const images = 3
const plan = (batchDeadlineHours: number): DraftPlan => ({
  promptVersion: 'a'.repeat(64),
  simulated: true,
  images,
  alreadyDrafted: 0,
  missing: images,
  chunks: 1,
  worstCaseUsdPerCall: 0.01,
  budgetUsd: null,
  batchDeadlineHours,
})

const batchLoop = (overrides: Partial<AllActivities>, deadlineHours = 24) =>
  fakeLoop({ planDrafts: async () => plan(deadlineHours), ...overrides }, { images })

const start = ({ client, project, queue, input }: Loop) =>
  client.workflow.start<typeof cycle>('cycle', {
    workflowId: cycleId(project),
    taskQueue: queue,
    args: [input],
  })

test('a cycle in batch mode waits for its jobs and makes no single call', async () => {
  let looks = 0
  const { activities, log } = batchLoop({
    lookAtDraftBatches: async () =>
      ++looks < 3 ? { running: 1, ...drafted(0) } : { running: 0, ...drafted(images) },
  })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    expect(await handle.result()).toMatchObject({ outcome: 'completed' })
    expect(log.count('submitDraftBatches')).toBe(1)
    expect(log.count('draftImage')).toBe(0)
    const { drafting } = await handle.query(progressQuery)
    expect(drafting).toMatchObject({ total: images, done: images, failed: 0 })
    expect(drafting.usd).toBeCloseTo(0.0015)
  })
})

test('what the jobs leave is asked for one by one, and their own failures are counted', async () => {
  const { activities, log } = batchLoop({
    lookAtDraftBatches: async () => ({
      running: 0,
      ...drafted(1),
      left: ['7'.repeat(64)],
      failures: [{ image: '8'.repeat(64), code: 'TeacherBadReply' }],
    }),
  })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await handle.result()
    expect(log.calls.filter(({ name }) => name === 'draftImage').map(({ input }) => input['image'])).toEqual([
      '7'.repeat(64),
    ])
    const { drafting } = await handle.query(progressQuery)
    expect(drafting).toMatchObject({ done: 2, failed: 1 })
  })
})

test('jobs that are not done by the deadline are ended, and their images are asked for one by one', async () => {
  const left = ['5'.repeat(64), '6'.repeat(64)]
  const { activities, log } = batchLoop(
    {
      lookAtDraftBatches: async () => ({ running: 1, ...drafted(1) }),
      endDraftBatches: async () => ({ running: 0, ...drafted(1), left }),
    },
    0.0001,
  )
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await handle.result()
    expect(log.count('endDraftBatches')).toBe(1)
    expect(log.count('draftImage')).toBe(2)
    expect((await handle.query(progressQuery)).drafting).toMatchObject({ done: 3, failed: 0 })
  })
})

test('when Gemini takes no jobs, every image is asked for one by one', async () => {
  const left = ['1', '2', '3'].map((digit) => digit.repeat(64))
  const { activities, log } = batchLoop({
    submitDraftBatches: async () => failWith('TeacherBadRequest'),
    endDraftBatches: async () => ({ running: 0, ...drafted(0), left }),
  })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await handle.result()
    expect(log.count('draftImage')).toBe(3)
  })
})

test('a cancelled cycle cancels its jobs', async () => {
  const { activities, log } = batchLoop({
    lookAtDraftBatches: async () => ({ running: 1, ...drafted(0) }),
  })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await eventually('a look at the jobs', async () => log.count('lookAtDraftBatches') > 0 || undefined)
    await handle.cancel()
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError)
    await eventually('the end of the jobs', async () => log.count('endDraftBatches') > 0 || undefined)
  })
})
