import { mkdir, rm, writeFile } from 'node:fs/promises'
import type { Client } from '@temporalio/client'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { beforeAll, test } from 'vitest'
import { compareId, cycleId, draftChunkId, nightlyId, trainId } from '../../domain/contracts/workflow-ids.ts'
import { finishReviewUpdate, pauseUpdate, progressQuery, resumeUpdate } from '../../workflows/messages.ts'
import { failWith, fakeLoop, reviewState, type AllActivities } from '../workflow/setup/fake-loop.ts'
import { eventually, withLoop, type Loop } from '../workflow/setup/with-loop.ts'

/** Writes the histories that the replay tests read: `npm run record:histories`, after a deliberate change of a workflow. */
const folder = new URL('histories/', import.meta.url)

beforeAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
})

/** Who did what on which machine is nobody's business and changes nothing on replay. */
const withoutMachine = (key: string, value: unknown): unknown =>
  key === 'identity' ? 'recorder' : key === 'stackTrace' ? '' : value

/** Every run of a workflow, oldest first: a cycle goes on in fresh runs. */
async function record(client: Client, workflowId: string, name: string): Promise<void> {
  const runs: { runId: string; startTime: Date }[] = []
  for await (const { runId, startTime } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    runs.push({ runId, startTime })
  }
  if (runs.length === 0) throw new Error(`${workflowId} is not listed`)
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime())
  for (const [index, { runId }] of runs.entries()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
    const text = `${JSON.stringify(JSON.parse(historyToJSON(history), withoutMachine))}\n`
    await writeFile(new URL(`${name}.${index + 1}.json`, folder), text)
  }
}

const listed = (client: Client, workflowId: string, closed: number) =>
  eventually(`${closed} closed runs of ${workflowId}`, async () => {
    const { count } = await client.workflow.count(
      `WorkflowId = '${workflowId}' AND ExecutionStatus != 'Running'`,
    )
    return count >= closed ? true : undefined
  })

const start = (loop: Loop, change = {}) =>
  loop.client.workflow.start('cycle', {
    workflowId: cycleId(loop.project),
    taskQueue: loop.queue,
    args: [{ ...loop.input, project: loop.project, ...change }],
  })

const scenario = (
  name: string,
  overrides: Partial<AllActivities>,
  act: (loop: Loop) => Promise<void>,
): void =>
  test(name, async () => {
    await withLoop(fakeLoop(overrides).activities, act)
  })

scenario('a full cycle with its children', {}, async (loop) => {
  const { client, project } = loop
  await (await start(loop)).result()
  await listed(client, cycleId(project), 4)
  await record(client, cycleId(project), 'cycle.full')
  await record(client, draftChunkId(project, 1, 1), 'draft-chunk.all-drafted')
  await record(client, trainId(project, 'e'.repeat(64)), 'train.trained')
  await record(client, compareId(project, 'f'.repeat(64), '1'.repeat(64)), 'compare.predicted')
  await record(client, compareId(project, 'f'.repeat(64), '2'.repeat(64)), 'compare.compared')
})

const someFail: Partial<AllActivities> = {
  draftImage: async ({ image }) =>
    image.endsWith('1')
      ? failWith('TeacherBadReply')
      : { status: 'ok', boxes: 1, usd: 0, tokens: 1, paid: true },
  buildDataset: async () => failWith('NoReviewedImages'),
}

scenario('a cycle with a failed draft and nothing reviewed', someFail, async (loop) => {
  const { client, project } = loop
  await (await start(loop)).result()
  await listed(client, cycleId(project), 3)
  await record(client, cycleId(project), 'cycle.nothing-reviewed')
  await record(client, draftChunkId(project, 1, 1), 'draft-chunk.one-failed')
})

const stillWaiting: Partial<AllActivities> = {
  collectReviews: async () => reviewState({ waiting: 3, accepted: 20, fresh: 0 }),
}

scenario('a cycle that is paused, resumed and told to go on', stillWaiting, async (loop) => {
  const { client, project } = loop
  const handle = await start(loop)
  await eventually('the review', async () =>
    (await handle.query(progressQuery)).review.accepted === 20 ? true : undefined,
  )
  const latest = client.workflow.getHandle(cycleId(project))
  await latest.executeUpdate(pauseUpdate)
  await latest.executeUpdate(resumeUpdate)
  await latest.executeUpdate(finishReviewUpdate, { args: [{ reason: 'enough' }] })
  await handle.result()
  await listed(client, cycleId(project), 4)
  await record(client, cycleId(project), 'cycle.told-to-go-on')
})

scenario('a cycle that is stopped', stillWaiting, async (loop) => {
  const { client, project } = loop
  const handle = await start(loop)
  await eventually('the review', async () =>
    (await handle.query(progressQuery)).review.accepted === 20 ? true : undefined,
  )
  await client.workflow.getHandle(cycleId(project)).cancel()
  await handle.result().catch(() => {})
  await listed(client, cycleId(project), 2)
  await record(client, cycleId(project), 'cycle.stopped')
})

const night = async (loop: Loop, name: string) => {
  const workflowId = `${nightlyId(loop.project)}-1`
  await loop.client.workflow.execute('nightly', {
    workflowId,
    taskQueue: loop.queue,
    args: [{ v: 1, project: loop.project, configHash: loop.input.configHash }],
  })
  await listed(loop.client, workflowId, 1)
  await record(loop.client, workflowId, `nightly.${name}`)
}

scenario('a night that trains', {}, async (loop) => {
  await night(loop, 'completed')
  await record(loop.client, cycleId(loop.project), 'cycle.night')
})

const handedOver: Partial<AllActivities> = {
  ...stillWaiting,
  describeCycle: async () => ({ running: true, phase: 'review', mode: 'full', cycle: 1, readyToGoOn: true }),
  finishWaitingReview: async () => ({ taken: true }),
}

scenario('a night that hands over', handedOver, async (loop) => {
  const running = await start(loop)
  await night(loop, 'handed-over')
  await running.terminate().catch(() => loop.client.workflow.getHandle(cycleId(loop.project)).terminate())
})
