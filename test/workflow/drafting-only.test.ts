import { expect, test } from 'vitest'
import type { DraftPlan } from '../../domain/contracts/activities.ts'
import type { CycleInput } from '../../domain/contracts/workflow-inputs.ts'
import { cycleId, nightlyId } from '../../domain/contracts/workflow-ids.ts'
import { progressQuery } from '../../workflows/messages.ts'
import type { cycle } from '../../workflows/cycle.ts'
import type { nightly } from '../../workflows/nightly.ts'
import { drafted, failWith, fakeLoop, type AllActivities } from './setup/fake-loop.ts'
import { withLoop, type Loop } from './setup/with-loop.ts'

const start = ({ client, project, queue, input }: Loop, change: Partial<CycleInput> = {}) =>
  client.workflow.start<typeof cycle>('cycle', {
    workflowId: cycleId(project),
    taskQueue: queue,
    args: [{ ...input, mode: 'draft', ...change }],
  })

/** A teacher for so many images; then the day's budget has no room. */
const dayFor = (images: number): AllActivities['draftImage'] => {
  let paid = 0
  return async () => {
    if (paid === images) return failWith('BudgetSpent')
    paid += 1
    return { status: 'ok', boxes: 2, usd: 0.001, tokens: 1500, paid: true }
  }
}

test('a cycle in draft mode drafts, reports and does nothing else', async () => {
  const { activities, log } = fakeLoop({}, { images: 60 })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    expect(await handle.result()).toMatchObject({
      outcome: 'completed',
      model: null,
      undrafted: 0,
    })
    expect(log.count('draftImage')).toBe(60)
    const others = new Set(log.calls.map(({ name }) => name))
    expect([...others].toSorted()).toEqual([
      'closeCycle',
      'draftImage',
      'openCycle',
      'planDrafts',
      'readImageList',
      'writeReport',
    ])
    const { phases } = await handle.query(progressQuery)
    expect(phases.map(({ phase }) => phase)).toEqual(['select', 'draft', 'report'])
  })
})

test('what is to be drafted, and that it is a trial, reaches the plan', async () => {
  const { activities, log } = fakeLoop()
  const pick = { among: 'judged', count: 9, seed: 'x' } as const
  await withLoop(activities, async (loop) => {
    await (await start(loop, { pick, trial: true })).result()
    const plan = log.calls.find(({ name }) => name === 'planDrafts')
    expect(plan?.input).toMatchObject({ limit: null, pick, trial: true })
  })
})

test("images that the day's budget has no room for are left for later, and are no failures", async () => {
  const { activities } = fakeLoop({ draftImage: dayFor(20) }, { images: 60 })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    expect(await handle.result()).toMatchObject({ outcome: 'completed', undrafted: 40, daySpent: true })
    const { drafting, phases } = await handle.query(progressQuery)
    expect(drafting).toMatchObject({ done: 20, failed: 0 })
    expect(phases.find(({ phase }) => phase === 'draft')?.note).toContain(
      "the day's budget is spent, 40 left for later",
    )
  })
})

test('a day without room for a single call is a normal end that says so', async () => {
  const { activities } = fakeLoop({ draftImage: dayFor(0) }, { images: 3 })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    expect(await handle.result()).toMatchObject({ outcome: 'completed', undrafted: 3 })
    const { drafting, phases } = await handle.query(progressQuery)
    expect(drafting).toMatchObject({ done: 0, failed: 0 })
    expect(phases.find(({ phase }) => phase === 'draft')?.note).toBe(
      "nothing drafted: the day's budget is spent",
    )
  })
})

test('an image whose second call finds no room has no draft and is no failure', async () => {
  const plan: DraftPlan = {
    promptVersion: 'a'.repeat(64),
    simulated: true,
    images: 1,
    alreadyDrafted: 0,
    missing: 1,
    chunks: 1,
    callsPerImage: 2,
    worstCaseUsdPerCall: 0.01,
    budgetUsd: null,
  }
  const { activities } = fakeLoop(
    {
      planDrafts: async () => plan,
      draftImage: async ({ part }) =>
        part === 0
          ? { status: 'part', boxes: 0, usd: 0.001, tokens: 1500, paid: true }
          : failWith('BudgetSpent'),
    },
    { images: 1 },
  )
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    expect(await handle.result()).toMatchObject({ undrafted: 1, daySpent: true })
    expect((await handle.query(progressQuery)).drafting).toMatchObject({ done: 0, failed: 0, usd: 0.001 })
  })
})

test('batch jobs that the day had no room for are not made up for by single calls', async () => {
  const plan: DraftPlan = {
    promptVersion: 'a'.repeat(64),
    simulated: true,
    images: 10,
    alreadyDrafted: 0,
    missing: 10,
    chunks: 1,
    worstCaseUsdPerCall: 0.01,
    budgetUsd: null,
    batchDeadlineHours: 24,
  }
  const { activities, log } = fakeLoop(
    {
      planDrafts: async () => plan,
      lookAtDraftBatches: async () => ({ running: 0, ...drafted(4), heldBack: 6 }),
    },
    { images: 10 },
  )
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    expect(await handle.result()).toMatchObject({ undrafted: 6, daySpent: true })
    expect(log.count('draftImage')).toBe(0)
  })
})

test('a night whose day is spent drafts nothing, goes on with the rest and says why images are left', async () => {
  const { activities, log } = fakeLoop({ draftImage: dayFor(0) }, { images: 3 })
  await withLoop(activities, async (loop) => {
    const result = await loop.client.workflow.execute<typeof nightly>('nightly', {
      workflowId: nightlyId(loop.project),
      taskQueue: loop.queue,
      args: [{ v: 1, project: loop.project, configHash: loop.input.configHash }],
    })
    expect(result.outcome).toBe('completed')
    expect(result.words).toContain("3 images are still without a draft (the day's budget is spent)")
    expect(log.count('trainStudent')).toBe(1)
    expect(log.count('pauseNights')).toBe(0)
  })
})
