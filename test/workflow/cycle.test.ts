import { WorkflowFailedError, type Client } from '@temporalio/client'
import { Context } from '@temporalio/activity'
import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { expect, test } from 'vitest'
import { cycleId, draftChunkId } from '../../domain/contracts/workflow-ids.ts'
import type { CycleInput } from '../../domain/contracts/workflow-inputs.ts'
import { finishReviewUpdate, pauseUpdate, progressQuery, resumeUpdate } from '../../workflows/messages.ts'
import type { cycle } from '../../workflows/cycle.ts'
import { failureCode } from '../../workflows/failure-code.ts'
import { failWith, fakeLoop, reviewState } from './setup/fake-loop.ts'
import { eventually, withLoop, type Loop } from './setup/with-loop.ts'

const start = ({ client, project, queue, input }: Loop, change: Partial<CycleInput> = {}) =>
  client.workflow.start<typeof cycle>('cycle', {
    workflowId: cycleId(project),
    taskQueue: queue,
    args: [{ ...input, ...change }],
  })

const reachReview = (handle: Awaited<ReturnType<typeof start>>) =>
  eventually('the review phase', async () => {
    const { phase } = await handle.query(progressQuery)
    return phase === 'review' ? phase : undefined
  })

test('a full cycle walks every phase once and names its model, verdict and report', async () => {
  const { activities, log } = fakeLoop()
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    const result = await handle.result()
    expect(result).toEqual({
      cycle: 1,
      outcome: 'completed',
      model: 'f'.repeat(64),
      verdict: 'first',
      promoted: true,
      undrafted: 0,
      report: 'p/cycles/0001/report.html',
    })
    expect(log.count('draftImage')).toBe(3)
    expect(log.count('postBatch')).toBe(2)
    expect(log.count('predictShard')).toBe(4)
    const progress = await handle.query(progressQuery)
    expect(progress.phases.every(({ state }) => state === 'done')).toBe(true)
    expect(progress.drafting).toMatchObject({ total: 3, done: 3, failed: 0 })
  })
})

test('a failed image is counted with its reason and stays without a draft, the others are drafted', async () => {
  const { activities } = fakeLoop({
    draftImage: async ({ image }) =>
      image.endsWith('1')
        ? failWith('TeacherBadReply')
        : { status: 'ok', boxes: 1, usd: 0, tokens: 1, paid: true },
  })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await handle.result()
    const { drafting, phases } = await handle.query(progressQuery)
    expect(drafting).toMatchObject({ done: 2, failed: 1 })
    expect(phases.find(({ phase }) => phase === 'draft')?.note).toContain('1 failed (TeacherBadReply)')
  })
})

test('a refused key ends the cycle with its code instead of with empty drafts', async () => {
  const { activities, log } = fakeLoop({ draftImage: async () => failWith('TeacherAuth') })
  await withLoop(activities, async (loop) => {
    const failure = await (await start(loop)).result().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(WorkflowFailedError)
    const cause = (failure as WorkflowFailedError).cause
    expect(cause).toBeInstanceOf(ApplicationFailure)
    expect((cause as ApplicationFailure).type).toBe('TeacherAuth')
    expect(log.count('planFirstBatch')).toBe(0)
  })
})

test('a part of the drafting that breaks ends the cycle with its code once the others are done', async () => {
  let server: Client | null = null
  const { activities, log } = fakeLoop(
    {
      readImageList: async ({ key }) =>
        key.endsWith('0001.json')
          ? failWith('StoreUnavailable')
          : { images: ['b'.repeat(64), 'c'.repeat(64)] },
      draftImage: async ({ project, cycle: number }) => {
        const broken = server?.workflow.getHandle(draftChunkId(project, number, 1))
        await eventually('the end of the broken part', async () =>
          (await broken?.describe())?.status.name === 'FAILED' ? true : undefined,
        )
        return { status: 'ok', boxes: 1, usd: 0, tokens: 1, paid: true }
      },
    },
    { images: 200 },
  )
  const withServer = (client: Client) => {
    server = client
    return activities
  }
  await withLoop(withServer, async (loop) => {
    const failure = await (await start(loop)).result().catch((error: unknown) => error)
    expect(failureCode((failure as WorkflowFailedError).cause)).toBe('StoreUnavailable')
    expect(log.count('readImageList')).toBe(2)
    expect(log.count('draftImage')).toBe(2)
  })
})

test('no call starts whose worst case would not fit the budget', async () => {
  const { activities, log } = fakeLoop(
    {
      planDrafts: async () => ({
        promptVersion: 'a'.repeat(64),
        simulated: true,
        images: 120,
        alreadyDrafted: 0,
        missing: 120,
        chunks: 3,
        worstCaseUsdPerCall: 0.01,
        budgetUsd: 0.7,
      }),
      draftImage: async () => ({ status: 'ok', boxes: 1, usd: 0.01, tokens: 1, paid: true }),
    },
    { images: 120 },
  )
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await handle.result()
    expect(log.count('draftImage')).toBe(70)
    const draft = (await handle.query(progressQuery)).phases.find(({ phase }) => phase === 'draft')
    expect(draft?.note).toContain('budget is spent')
  })
})

test('images that the reserve of a budget shut out are said to be left, although money is', async () => {
  const { activities, log } = fakeLoop(
    {
      planDrafts: async () => ({
        promptVersion: 'a'.repeat(64),
        simulated: true,
        images: 40,
        alreadyDrafted: 0,
        missing: 40,
        chunks: 1,
        worstCaseUsdPerCall: 0.01,
        budgetUsd: 0.3,
      }),
      draftImage: async () => ({ status: 'ok', boxes: 1, usd: 0.001, tokens: 1, paid: true }),
    },
    { images: 40 },
  )
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await handle.result()
    expect(log.count('draftImage')).toBe(30)
    const draft = (await handle.query(progressQuery)).phases.find(({ phase }) => phase === 'draft')
    expect(draft?.note).toContain('10 left for the next cycle')
  })
})

test('a cycle waits for people and goes on when the last task is answered', async () => {
  let polls = 0
  const { activities } = fakeLoop({
    collectReviews: async () => {
      polls += 1
      return reviewState(polls < 3 ? { waiting: 3 - polls, accepted: polls, fresh: 1 } : {})
    },
  })
  await withLoop(activities, async (loop) => {
    await (await start(loop)).result()
    expect(polls).toBe(3)
  })
})

test('a person can end the wait for reviews, and only while the cycle waits', async () => {
  const { activities } = fakeLoop({ collectReviews: async () => reviewState({ waiting: 7, fresh: 0 }) })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await reachReview(handle)
    await loop.client.workflow
      .getHandle(handle.workflowId)
      .executeUpdate(finishReviewUpdate, { args: [{ reason: 'enough' }] })
    await handle.result()
    const note = (await handle.query(progressQuery)).phases.find(({ phase }) => phase === 'review')?.note
    expect(note).toContain('ended by a person: enough')
  })
})

test('a form that was sent empty is refused with what was expected, and the cycle goes on', async () => {
  const { activities } = fakeLoop({ collectReviews: async () => reviewState({ waiting: 7, fresh: 0 }) })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await reachReview(handle)
    const latest = loop.client.workflow.getHandle(handle.workflowId)
    for (const name of ['finishReview', 'raiseBudget', 'approveTraining']) {
      await expect(latest.executeUpdate(name)).rejects.toThrow()
      await expect(latest.executeUpdate(name, { args: [{ reason: 1, usd: -1 }] })).rejects.toThrow()
    }
    await latest.executeUpdate(finishReviewUpdate, { args: [{ reason: 'enough' }] })
    expect((await handle.result()).outcome).toBe('completed')
  })
})

test('a paused cycle hands out no work until it is resumed', async () => {
  const waiting = { now: true }
  const { activities, log } = fakeLoop({
    collectReviews: async () => reviewState(waiting.now ? { waiting: 1, fresh: 0 } : {}),
  })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await eventually('a first poll', async () => (log.count('collectReviews') > 0 ? true : undefined))
    const latest = loop.client.workflow.getHandle(handle.workflowId)
    expect(await latest.executeUpdate(pauseUpdate)).toBe('paused')
    const polls = log.count('collectReviews')
    waiting.now = false
    await expect(latest.executeUpdate(pauseUpdate)).rejects.toThrow()
    expect(log.count('collectReviews')).toBeLessThanOrEqual(polls + 1)
    expect(log.count('buildDataset')).toBe(0)
    await latest.executeUpdate(resumeUpdate)
    await handle.result()
    expect(log.count('buildDataset')).toBe(1)
  })
})

test('a stopped cycle is closed as stopped and cancelled', async () => {
  const { activities, log } = fakeLoop({ collectReviews: async () => reviewState({ waiting: 1, fresh: 0 }) })
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await eventually('a first poll', async () => (log.count('collectReviews') > 0 ? true : undefined))
    await loop.client.workflow.getHandle(handle.workflowId).cancel()
    const failure = await handle.result().catch((error: unknown) => error)
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure)
    expect(log.calls.find(({ name }) => name === 'closeCycle')?.input).toMatchObject({ outcome: 'stopped' })
  })
})

test('nothing reviewed is an outcome with a report, not a failure', async () => {
  const { activities, log } = fakeLoop({ buildDataset: async () => failWith('NoReviewedImages') })
  await withLoop(activities, async (loop) => {
    const result = await (await start(loop)).result()
    expect(result.outcome).toBe('nothing-reviewed')
    expect(log.count('trainStudent')).toBe(0)
    expect(log.count('writeReport')).toBe(1)
  })
})

test('a model that the registry has already is not trained again', async () => {
  const { activities, log } = fakeLoop({
    planTraining: async () => ({
      trainKey: 'e'.repeat(64),
      model: '9'.repeat(64),
      epochs: 2,
      images: 8,
      description: 'x',
    }),
  })
  await withLoop(activities, async (loop) => {
    expect((await (await start(loop)).result()).model).toBe('9'.repeat(64))
    expect(log.count('trainStudent')).toBe(0)
  })
})

test('the champion is run on the same held-out images before it is compared', async () => {
  const champion = '8'.repeat(64)
  const { activities, log } = fakeLoop({
    readChampion: async () => ({ model: champion }),
    judgeChallenger: async () => ({ verdict: 'worse', promoted: false, champion, words: 'worse' }),
  })
  await withLoop(activities, async (loop) => {
    await (await start(loop)).result()
    const predicted = log.calls
      .filter(({ name }) => name === 'predictShard')
      .map(({ input }) => [input.model, input.manifest])
    expect(predicted).toContainEqual([champion, '1'.repeat(64)])
    expect(predicted).toContainEqual([champion, '2'.repeat(64)])
  })
})

test('a cycle that is cancelled while it drafts ends as stopped, and starts no further call', async () => {
  let inFlight = 0
  const { activities, log } = fakeLoop(
    {
      draftImage: async () => {
        inFlight += 1
        await Context.current().cancelled
        throw new Error('unreachable')
      },
    },
    { images: 120 },
  )
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await eventually('a call in flight', async () => (inFlight > 0 ? true : undefined))
    await handle.cancel()
    const failure = await handle.result().catch((error: unknown) => error)
    expect((failure as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure)
    expect(log.calls.find(({ name }) => name === 'closeCycle')?.input).toMatchObject({ outcome: 'stopped' })
    expect(inFlight).toBeLessThan(40)
  })
})
