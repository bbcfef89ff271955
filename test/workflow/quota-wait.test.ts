import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { expect, test } from 'vitest'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import type { cycle } from '../../workflows/cycle.ts'
import { pauseUpdate, progressQuery, resumeUpdate } from '../../workflows/messages.ts'
import { draftsInFlight } from '../../workflows/policies.ts'
import { fakeLoop, type AllActivities } from './setup/fake-loop.ts'
import { eventually, withLoop, type Loop } from './setup/with-loop.ts'

const images = 30

const quotaFailure = (retryAfterSeconds: number): ApplicationFailure =>
  ApplicationFailure.create({
    type: 'TeacherQuotaExhausted',
    message: 'scripted',
    details: [{ retryAfterSeconds }],
    nextRetryDelay: retryAfterSeconds * 1000,
  })

/** A teacher whose daily quota is exhausted until somebody says otherwise. */
function exhausted(retryAfterSeconds: number) {
  const quota = { isLeft: false, refused: 0 }
  const draftImage: AllActivities['draftImage'] = async () => {
    if (quota.isLeft) return { status: 'ok', boxes: 1, usd: 0.001, tokens: 1, paid: true }
    quota.refused += 1
    throw quotaFailure(retryAfterSeconds)
  }
  return { quota, ...fakeLoop({ draftImage }, { images }) }
}

const start = ({ client, project, queue, input }: Loop) =>
  client.workflow.start<typeof cycle>('cycle', {
    workflowId: cycleId(project),
    taskQueue: queue,
    args: [{ ...input, mode: 'draft' }],
  })
type Handle = Awaited<ReturnType<typeof start>>

const drafting = async (handle: Handle) => (await handle.query(progressQuery)).drafting

/** Until when the cycle says that it waits, once it says so. */
const waitShown = (handle: Handle) =>
  eventually('a shown wait', async () => (await drafting(handle)).waitsUntil ?? undefined)

test('an exhausted daily quota is waited for in sight of people, one call at a time, and fails no image', async () => {
  const { quota, activities } = exhausted(1)
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    const until = Date.parse(await waitShown(handle))
    expect(Math.abs(until - Date.now())).toBeLessThan(20_000)
    await eventually('another try', async () => (quota.refused > draftsInFlight ? true : undefined))
    await eventually('a second other try', async () =>
      quota.refused > draftsInFlight + 1 ? true : undefined,
    )
    const before = quota.refused
    // The first calls were under way together; from then on each wait costs one refusal.
    expect(before).toBeLessThan(draftsInFlight + 12)
    quota.isLeft = true
    expect((await handle.result()).outcome).toBe('completed')
    expect(await drafting(handle)).toMatchObject({ total: images, done: images, failed: 0, waitsUntil: null })
  })
})

test('pausing and resuming ends the wait: somebody may have raised the quota', async () => {
  const { quota, activities } = exhausted(3600)
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await waitShown(handle)
    quota.isLeft = true
    await handle.executeUpdate(pauseUpdate)
    await handle.executeUpdate(resumeUpdate)
    await handle.result()
    expect(quota.refused).toBeLessThanOrEqual(draftsInFlight)
    expect(await drafting(handle)).toMatchObject({ done: images, failed: 0, waitsUntil: null })
  })
})

test('batch jobs wait for the quota, too: single calls would cost twice as much', async () => {
  let refused = 0
  const { activities, log } = fakeLoop(
    {
      planDrafts: async () => ({
        promptVersion: 'a'.repeat(64),
        simulated: true,
        images: 3,
        alreadyDrafted: 0,
        missing: 3,
        chunks: 1,
        worstCaseUsdPerCall: 0.01,
        budgetUsd: null,
        batchDeadlineHours: 24,
      }),
      submitDraftBatches: async () => {
        if (refused === 2) return { jobs: 1 }
        refused += 1
        throw quotaFailure(1)
      },
    },
    { images: 3 },
  )
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await handle.result()
    expect([refused, log.count('draftImage')]).toEqual([2, 0])
    expect(await drafting(handle)).toMatchObject({ done: 3, failed: 0, waitsUntil: null })
  })
})

test('a cycle that waits for the quota can be stopped, and calls nobody meanwhile', async () => {
  const { quota, activities, log } = exhausted(3600)
  await withLoop(activities, async (loop) => {
    const handle = await start(loop)
    await waitShown(handle)
    await handle.cancel()
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError)
    expect(quota.refused).toBeLessThanOrEqual(draftsInFlight)
    expect(log.calls.find(({ name }) => name === 'closeCycle')?.input).toMatchObject({ outcome: 'stopped' })
    expect((await drafting(handle)).waitsUntil).toBeNull()
  })
})
