import { expect, test } from 'vitest'
import { summariseLedger } from '../../../activities/cost.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { readRecord, writeLinesOnce, writeRecord } from '../../../activities/store/records.ts'
import { writeLedgerEntry } from '../../../activities/store/ledger.ts'
import { BatchLine } from '../../../domain/schemas/records/batch.ts'
import { ImportedReview, ReviewRecord } from '../../../domain/schemas/records/review.ts'
import { CycleRecord } from '../../../domain/schemas/records/cycle.ts'
import { PromptRecord, type LedgerEntry } from '../../../domain/schemas/records/draft.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'
import { createScriptedDrafter, textReply } from '../../fixtures/fakes/scripted-drafter.ts'
import { addImage, draftingBench, keys, project, sha256 } from '../../fixtures/drafting/drafting-bench.ts'

const empty = () => createScriptedDrafter([() => textReply('[]')])

const addImages = async (
  bench: Awaited<ReturnType<typeof draftingBench>>,
  count: number,
): Promise<string[]> => {
  const images: string[] = []
  for (let n = 0; n < count; n += 1) images.push(await addImage(bench.store, `picture ${n}`))
  return images.sort()
}

const at = '2026-11-21T00:00:00Z'
const review = (store: ObjectStore, image: string, outcome: ReviewRecord['outcome']) =>
  writeRecord(store, keys.review(image, 1, at), ReviewRecord, {
    v: 1,
    image,
    uid: image.slice(0, 20),
    batch: 1,
    annotationId: 1,
    taskId: 1,
    createdAt: at,
    updatedAt: at,
    outcome,
    refusal: outcome === 'refused' ? { code: 'image-not-loaded', detail: '' } : null,
    boxes: [],
    notes: [],
    leadTimeSeconds: null,
    completedBy: null,
  })
const importLabels = (store: ObjectStore, image: string) =>
  writeRecord(store, keys.importedReview(image, 'c0ffee', at), ImportedReview, {
    v: 1,
    image,
    createdAt: at,
    updatedAt: at,
    outcome: 'accepted',
    imported: { format: 'yolo', from: 'labels', file: 'a.txt' },
    boxes: [],
    notes: [],
  })
const queued = (image: string, kind: BatchLine['kind']): BatchLine => ({
  v: 1,
  image,
  kind,
  batch: 1,
  cycle: 1,
  purpose: 'first',
  uid: image.slice(0, 20),
  split: 'train',
  reason: '',
  probability: 1,
  priority: 1,
  simulatedTeacher: true,
  draft: [],
})

const listed = async ({ activities }: Awaited<ReturnType<typeof draftingBench>>, chunks: number) => {
  const images: string[] = []
  for (let chunk = 1; chunk <= chunks; chunk += 1) {
    const part = await activities.readImageList({ key: keys.draftChunk(1, chunk) })
    expect(part.images.length).toBeLessThanOrEqual(50)
    images.push(...part.images)
  }
  return images
}

test('lists every image without a draft once, in chunks of 50', async () => {
  const bench = await draftingBench(empty())
  const images = await addImages(bench, 101)
  const plan = await bench.plan()
  expect(plan).toMatchObject({ images: 101, alreadyDrafted: 0, missing: 101, chunks: 3, simulated: true })
  expect(await listed(bench, plan.chunks)).toEqual(images)
})

test('leaves out what is drafted and what is quarantined', async () => {
  const bench = await draftingBench(empty())
  const images = await addImages(bench, 4)
  const quarantined = await addImage(bench.store, 'bridge', { split: 'quarantined' })
  const [first = '', ...rest] = images
  await bench.draft(first)
  const plan = await bench.plan()
  expect(plan).toMatchObject({ images: 4, alreadyDrafted: 1, missing: 3, chunks: 1 })
  expect(await listed(bench, 1)).toEqual(rest)
  expect(await listed(bench, 1)).not.toContain(quarantined)
})

test('what is answered and only learnt from is not drafted: held-out and audited images are', async () => {
  const bench = await draftingBench(empty())
  const open = await addImage(bench.store, 'open')
  const skipped = await addImage(bench.store, 'skipped')
  const refused = await addImage(bench.store, 'refused')
  const audited = await addImage(bench.store, 'audited')
  const imported = await addImage(bench.store, 'imported')
  const held = [
    await addImage(bench.store, 'val', { split: 'val' }),
    await addImage(bench.store, 'test', { split: 'test' }),
  ]
  await review(bench.store, skipped, 'skipped')
  await review(bench.store, refused, 'refused')
  await review(bench.store, audited, 'accepted')
  for (const image of [imported, ...held]) await importLabels(bench.store, image)
  await writeLinesOnce(bench.store, keys.batch(1), BatchLine, [
    queued(audited, 'audit'),
    queued(skipped, 'cold-start'),
  ])

  const plan = await bench.plan()
  expect(plan).toMatchObject({ images: 7, alreadyDrafted: 0, missing: 5, answered: 2 })
  expect(await listed(bench, 1)).toEqual([open, refused, audited, ...held].sort())

  const all = await bench.activities.planDrafts({ ...bench.ref, limit: null, all: true })
  expect(all).toMatchObject({ images: 7, missing: 7 })
  expect(all.answered).toBeUndefined()
})

test('an import of labelled training images pays for no draft', async () => {
  const bench = await draftingBench(empty())
  for (const image of await addImages(bench, 60)) await importLabels(bench.store, image)
  expect(await bench.plan()).toMatchObject({ images: 60, missing: 0, chunks: 0, answered: 60 })
})

test('a failed call leaves its image missing', async () => {
  const bench = await draftingBench(createScriptedDrafter([() => textReply('?')]))
  const [image = ''] = await addImages(bench, 1)
  await expect(bench.draft(image)).rejects.toMatchObject({ code: 'TeacherBadReply' })
  expect(await bench.plan()).toMatchObject({ alreadyDrafted: 0, missing: 1 })
})

test('drafts of the simulated teacher do not count for the real one', async () => {
  const simulated = await draftingBench(empty())
  const [image = ''] = await addImages(simulated, 1)
  await simulated.draft(image)
  const real = await draftingBench(
    createScriptedDrafter([() => textReply('[]')], 'google'),
    {},
    simulated.store,
  )
  expect(await real.plan()).toMatchObject({ simulated: false, alreadyDrafted: 0, missing: 1 })
})

test('a limit bounds what is handed out', async () => {
  const bench = await draftingBench(empty())
  const images = await addImages(bench, 60)
  const plan = await bench.plan(7)
  expect(plan).toMatchObject({ images: 60, missing: 7, chunks: 1 })
  expect(await listed(bench, 1)).toEqual(images.slice(0, 7))
})

test('says what the prompt version stands for', async () => {
  const bench = await draftingBench(empty())
  const { promptVersion } = await bench.plan()
  const record = await readRecord(bench.store, keys.promptVersion(promptVersion), PromptRecord)
  expect(record).toMatchObject({ promptVersion, model: 'gemini-3.8-flash', endpoint: 'simulated' })
  expect(record?.text).toContain('- RBC')
})

const entry = (change: Partial<LedgerEntry>): LedgerEntry => ({
  v: 1,
  callId: 'c',
  at: '2026-11-21T02:00:00Z',
  kind: 'draft',
  cycle: 1,
  image: sha256('picture'),
  promptVersion: sha256('prompt'),
  model: 'gemini-3.8-flash',
  endpoint: 'google',
  tokens: { prompt: 1000, output: 100, thoughts: 10 },
  usd: 0.25,
  ...change,
})

test('the budget is what the cycle has left, whatever other cycles spent', async () => {
  const bench = await draftingBench(empty(), { budget: { perCycleUsd: 1 } })
  expect(await bench.plan()).toMatchObject({ budgetUsd: 1 })
  const record = { v: 1 as const, cycle: 1, mode: 'full' as const, configHash: sha256(''), runId: 'r' }
  await writeRecord(bench.store, keys.cycleFile(1, 'cycle.json'), CycleRecord, {
    ...record,
    startedAt: '2026-11-20T23:00:00Z',
  })
  await writeLedgerEntry(bench.store, project, entry({ callId: 'a', at: '2026-11-20T23:30:00Z' }))
  await writeLedgerEntry(bench.store, project, entry({ callId: 'b' }))
  await writeLedgerEntry(bench.store, project, entry({ callId: 'other', cycle: 2 }))
  expect(await bench.plan()).toMatchObject({ budgetUsd: 0.5 })
  await writeLedgerEntry(bench.store, project, entry({ callId: 'd', usd: 7 }))
  expect(await bench.plan()).toMatchObject({ budgetUsd: 0 })
})

test('without a budget there is none to keep', async () => {
  expect((await (await draftingBench(empty())).plan()).budgetUsd).toBeNull()
})

test('the reservation for a call covers all its output tokens', async () => {
  const { worstCaseUsdPerCall } = await (await draftingBench(empty())).plan()
  expect(worstCaseUsdPerCall).toBeGreaterThan((8192 * 3.75 + 1120 * 0.75) / 1_000_000)
  expect(worstCaseUsdPerCall).toBeLessThan(0.05)
})

test('the ledger adds up by day, model, prompt version and cycle, made-up money apart', async () => {
  const store = createMemoryObjectStore()
  await writeLedgerEntry(store, project, entry({ callId: 'a' }))
  await writeLedgerEntry(store, project, entry({ callId: 'b', cycle: 2, at: '2026-11-22T00:00:00Z' }))
  await writeLedgerEntry(store, project, entry({ callId: 'c', endpoint: 'simulated', cycle: 10, usd: 5 }))
  const summary = await summariseLedger(store, project)
  expect(summary.total).toEqual({
    calls: 3,
    tokens: { prompt: 3000, output: 300, thoughts: 30 },
    usd: 0.5,
    simulatedUsd: 5,
    simulatedCalls: 1,
  })
  expect(Object.keys(summary.byDay)).toEqual(['2026-11-21', '2026-11-22'])
  expect(Object.keys(summary.byCycle)).toEqual(['1', '2', '10'])
  expect(summary.byModel['gemini-3.8-flash']?.calls).toBe(3)
  expect(summary.byPromptVersion[sha256('prompt')]?.usd).toBe(0.5)
})
