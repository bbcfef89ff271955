import { expect, test } from 'vitest'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { cycleId, nightlyId } from '../../domain/contracts/workflow-ids.ts'
import { ProjectConfig } from '../../domain/schemas/project-config.ts'
import { ImageRecord } from '../../domain/schemas/records/image.ts'
import { ReviewRecord } from '../../domain/schemas/records/review.ts'
import { sha256Hex } from '../../activities/content-hash.ts'
import type { ObjectStore } from '../../activities/roles/object-store.ts'
import { createRunningCycleActivities } from '../../activities/running-cycle.ts'
import { saveConfig } from '../../activities/store/load-config.ts'
import { writeRecord } from '../../activities/store/records.ts'
import { progressQuery } from '../../workflows/messages.ts'
import type { cycle } from '../../workflows/cycle.ts'
import type { nightly } from '../../workflows/nightly.ts'
import { createMemoryObjectStore } from '../fixtures/fakes/memory-object-store.ts'
import { fakeLoop, reviewState, type AllActivities } from './setup/fake-loop.ts'
import { eventually, withLoop, type Loop } from './setup/with-loop.ts'

const night = async (loop: Loop, configHash = loop.input.configHash) =>
  loop.client.workflow.execute<typeof nightly>('nightly', {
    workflowId: `${nightlyId(loop.project)}-${Math.random()}`,
    taskQueue: loop.queue,
    args: [{ v: 1, project: loop.project, configHash, reviewPollSeconds: { first: 0.2, most: 0.4 } }],
  })

/** The fakes, but with the real look at the running cycle, and a config of the project in the store. */
async function withRealLook(
  { reviewed, ...overrides }: Partial<AllActivities> & { readonly reviewed: number },
  run: (loop: Loop, configHash: string) => Promise<void>,
) {
  const store = createMemoryObjectStore()
  const { activities } = fakeLoop(overrides)
  await withLoop(
    (client) => ({ ...activities, ...createRunningCycleActivities({ store, client: () => client }) }),
    async (loop) => {
      const config = { project: loop.project, classes: [{ name: 'cat' }], night: { minNewReviews: 5 } }
      for (let image = 0; image < reviewed; image += 1) await reviewTrainingImage(store, loop.project, image)
      await run(loop, await saveConfig(store, ProjectConfig.parse(config)))
    },
  )
}

async function reviewTrainingImage(store: ObjectStore, project: string, number: number): Promise<void> {
  const keys = storeKeys(project)
  const image = sha256Hex(String(number))
  const at = '2026-11-21T01:00:00Z'
  await writeRecord(store, keys.imageRecord(image), ImageRecord, {
    v: 1,
    image,
    storedSha256: image,
    extension: 'jpg',
    mimeType: 'image/jpeg',
    width: 64,
    height: 64,
    sources: [`${number}.jpg`],
    group: image,
    split: 'train',
    dhash: '0'.repeat(16),
    ingestedAt: at,
  })
  await writeRecord(store, keys.review(image, number, at), ReviewRecord, {
    v: 1,
    image,
    uid: image.slice(0, 20),
    batch: 1,
    annotationId: number,
    taskId: number,
    createdAt: at,
    updatedAt: at,
    outcome: 'accepted',
    refusal: null,
    boxes: [],
    notes: [],
    leadTimeSeconds: null,
    completedBy: null,
  })
}

const startCycle = (loop: Loop) =>
  loop.client.workflow.start<typeof cycle>('cycle', {
    workflowId: cycleId(loop.project),
    taskQueue: loop.queue,
    args: [loop.input],
  })

test('a night trains without waiting for people when enough is new', async () => {
  const { activities, log } = fakeLoop({ collectReviews: async () => reviewState({ waiting: 12 }) })
  await withLoop(activities, async (loop) => {
    const result = await night(loop)
    expect(result.outcome).toBe('completed')
    expect(log.count('trainStudent')).toBe(1)
    expect(log.count('planFirstBatch')).toBe(0)
    expect(log.count('collectReviews')).toBe(1)
  })
})

test('a night with nothing new says so and trains nothing', async () => {
  const { activities, log } = fakeLoop({
    buildDataset: async () => ({
      dataset: 'd'.repeat(64),
      images: 10,
      train: 8,
      val: 1,
      test: 1,
      boxes: 40,
      newSinceChampion: 4,
    }),
  })
  await withLoop(activities, async (loop) => {
    const result = await night(loop)
    expect(result).toMatchObject({ outcome: 'nothing-new', cycle: 1 })
    expect(result.words).toContain('Nothing new')
    expect(log.count('trainStudent')).toBe(0)
  })
})

test('a night during a training is skipped and says what is busy', async () => {
  let release = (): void => {}
  const trained = new Promise<void>((resolve) => {
    release = resolve
  })
  const overrides = {
    reviewed: 0,
    trainStudent: async () => {
      await trained
      return { model: 'f'.repeat(64), epochs: 2, seconds: 12, resumed: false }
    },
  }
  await withRealLook(overrides, async (loop, configHash) => {
    const running = await startCycle(loop)
    await eventually('the training', async () =>
      (await running.query(progressQuery)).phase === 'train' ? true : undefined,
    )
    const result = await night(loop, configHash)
    expect(result.outcome).toBe('skipped-busy')
    release()
    await running.result()
  })
})

test('a night hands over to a cycle that waits for people when enough reviews are in, and that cycle trains', async () => {
  const overrides = {
    reviewed: 5,
    collectReviews: async () => reviewState({ waiting: 3, accepted: 20, fresh: 0 }),
  }
  await withRealLook(overrides, async (loop, configHash) => {
    const running = await startCycle(loop)
    await eventually('twenty reviews', async () =>
      (await running.query(progressQuery)).review.accepted === 20 ? true : undefined,
    )
    expect((await night(loop, configHash)).outcome).toBe('handed-over')
    expect((await running.result()).model).toBe('f'.repeat(64))
  })
})

test('a night leaves a waiting cycle alone while too few new reviews are in, however many were accepted before', async () => {
  const overrides = {
    reviewed: 4,
    collectReviews: async () => reviewState({ waiting: 3, accepted: 20, fresh: 0 }),
  }
  await withRealLook(overrides, async (loop, configHash) => {
    const running = await startCycle(loop)
    await eventually('the wait for people', async () =>
      (await running.query(progressQuery)).review.accepted === 20 ? true : undefined,
    )
    expect((await night(loop, configHash)).outcome).toBe('skipped-busy')
    await running.terminate()
  })
})
