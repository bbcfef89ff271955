import { expect, it } from 'vitest'
import { estimateDrafts } from '../../../activities/estimate-drafts.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { writeLedgerEntry } from '../../../activities/store/ledger.ts'
import { writeRecord } from '../../../activities/store/records.ts'
import { promptRecordOf } from '../../../activities/teacher-prompt.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import type { Split } from '../../../domain/contracts/splits.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { ImageRecord } from '../../../domain/schemas/records/image.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const config = ProjectConfig.parse({
  project: 'blood',
  classes: [{ name: 'rbc' }],
  teacher: { price: { input: 1, output: 10 } },
  budget: { perCycleUsd: 2 },
})
const keys = storeKeys('blood')
const hash = (n: number): string => String(n).padStart(64, '0')
const { promptVersion } = promptRecordOf(config, { vendor: 'gemini', endpoint: 'google' })

async function images(store: ObjectStore, count: number, split: Split, from = 0): Promise<void> {
  for (let n = from; n < from + count; n++) {
    await writeRecord(store, keys.imageRecord(hash(n)), ImageRecord, {
      v: 1,
      image: hash(n),
      storedSha256: hash(n),
      extension: 'png',
      mimeType: 'image/png',
      width: 10,
      height: 10,
      sources: [`${n}.png`],
      group: `image:${hash(n)}`,
      split,
      dhash: '0'.repeat(16),
      ingestedAt: '2026-01-01T00:00:00Z',
    })
  }
}

const paid = (store: ObjectStore, n: number, prompt = promptVersion) =>
  writeLedgerEntry(store, 'blood', {
    v: 1,
    callId: `call-${prompt.slice(0, 6)}-${n}`,
    at: '2026-01-01T00:00:00Z',
    kind: 'draft',
    cycle: 1,
    image: hash(n),
    promptVersion: prompt,
    model: config.teacher.model,
    endpoint: 'google',
    tokens: { prompt: 1000, output: 300, thoughts: 100 },
    usd: 0.005,
  })

it('counts what has no draft under this prompt version, without the quarantined', async () => {
  const store = createMemoryObjectStore()
  await images(store, 8, 'train')
  await images(store, 3, 'quarantined', 8)
  for (const n of [0, 1]) await store.put(keys.draft(promptVersion, hash(n)), '{}', 'application/json')
  await store.put(keys.draft('f'.repeat(64), hash(2)), '{}', 'application/json')
  expect(await estimateDrafts(store, config, 'google', { limit: null })).toMatchObject({
    images: 8,
    missing: 6,
    calls: 6,
    budgetUsd: 2,
    measuredOn: 0,
  })
  expect(await estimateDrafts(store, config, 'google', { limit: 4 })).toMatchObject({ missing: 6, calls: 4 })
  expect(await estimateDrafts(store, config, 'simulated', { limit: null })).toMatchObject({
    missing: 8,
    teacher: { simulated: true },
  })
})

it('takes the mean of earlier calls of the same prompt version once there are ten', async () => {
  const store = createMemoryObjectStore()
  await images(store, 5, 'train')
  for (let n = 0; n < 9; n++) await paid(store, n)
  for (let n = 0; n < 20; n++) await paid(store, n, 'e'.repeat(64))
  expect((await estimateDrafts(store, config, 'google', { limit: null })).measuredOn).toBe(0)
  await paid(store, 9)
  const estimate = await estimateDrafts(store, config, 'google', { limit: null })
  expect(estimate).toMatchObject({ measuredOn: 10, tokens: 5 * 1400 })
  expect(estimate.usd).toBeCloseTo(5 * ((1000 * 1 + 400 * 10) / 1e6), 12)
  expect(estimate.worstCaseUsd).toBeGreaterThan(5 * 0.08)
})

it('costs nothing when everything is drafted', async () => {
  const store = createMemoryObjectStore()
  await images(store, 1, 'val')
  await store.put(keys.draft(promptVersion, hash(0)), '{}', 'application/json')
  expect(await estimateDrafts(store, config, 'google', { limit: null })).toMatchObject({
    calls: 0,
    tokens: 0,
    usd: 0,
    worstCaseUsd: 0,
  })
})
