import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { decodeMask } from '../../../activities/adapters/sharp/decode-mask.ts'
import { createBatchDrafter } from '../../../activities/adapters/gemini/batch-drafter.ts'
import { createBatchDraftingActivities } from '../../../activities/batch-drafting/batch-drafting.ts'
import { readRecord } from '../../../activities/store/records.ts'
import { readLedger } from '../../../activities/store/ledger.ts'
import { DayReservations } from '../../../domain/schemas/records/reservations.ts'
import { DraftBatchRecord, DraftRecord, type LedgerEntry } from '../../../domain/schemas/records/draft.ts'
import {
  addImage,
  draftingBench,
  everythingIn,
  keys,
  project,
} from '../../fixtures/drafting/drafting-bench.ts'
import { canaryKey, rejectionOf, startSimulatorBench, type SimulatorBench } from './simulator-bench.ts'

let bench: SimulatorBench
beforeAll(async () => {
  bench = await startSimulatorBench('none')
})
afterAll(() => bench.close())
beforeEach(() => bench.reset())

/** Three demo images of one chunk, and the activities with the real adapter. */
const chunk = async (budget: Record<string, number> = {}) => {
  const drafting = await draftingBench(bench.drafter(), { teacher: { mode: 'batch' }, budget })
  const { store, ref, promptVersion } = drafting
  const images: string[] = []
  for (const { file } of bench.truth.images.slice(0, 3)) {
    images.push(await addImage(store, await readFile(file)))
  }
  const plan = await drafting.plan()
  const batches = createBatchDrafter(
    { endpoint: 'simulated', baseUrl: bench.url, apiKey: canaryKey, keySource: 'GEMINI_API_KEY' },
    { timeoutMs: 10_000 },
  )
  const activities = createBatchDraftingActivities({
    store,
    scale: async ({ encoded }) => encoded,
    decodeMask,
    now: () => new Date('2026-11-21T02:00:00Z'),
    teacher: () => ({ batches, identity: bench.drafter().identity }),
  })
  const input = { ...ref, promptVersion, chunk: 1 }
  const bills = async (): Promise<LedgerEntry[]> => {
    const entries: LedgerEntry[] = []
    for await (const entry of readLedger(store, project, null)) entries.push(entry)
    return entries
  }
  return { ...drafting, ...activities, images, plan, input, bills, all: { ...input, maxCalls: null } }
}

describe('a chunk of images through batch jobs', () => {
  test('becomes the same drafts as by single calls, at half the price', async () => {
    const { store, images, plan, input, all, bills, promptVersion, submitDraftBatches, lookAtDraftBatches } =
      await chunk()
    expect(plan).toMatchObject({ missing: 3, chunks: 1, batchDeadlineHours: 24 })
    expect(await submitDraftBatches(all)).toEqual({ jobs: 1 })
    expect(await lookAtDraftBatches(input)).toMatchObject({ running: 0, ok: 3, left: [], failures: [] })
    const single = await draftingBench(bench.drafter())
    for (const [index, { file }] of bench.truth.images.slice(0, 3).entries()) {
      const alone = await addImage(single.store, await readFile(file))
      await single.draft(alone)
      const of = (where: typeof store) =>
        readRecord(where, keys.draft(promptVersion, images[index] ?? ''), DraftRecord)
      const [batched, called] = [await of(store), await of(single.store)]
      expect(batched?.boxes).toEqual(called?.boxes)
      expect(batched?.usd).toBeCloseTo((called?.usd ?? NaN) / 2, 12)
    }
    expect((await bills()).map(({ batch }) => batch)).toEqual([true, true, true])
  })

  test('is not handed in twice when the answer to the first submission was lost', async () => {
    const { all, input, bills, submitDraftBatches, lookAtDraftBatches } = await chunk()
    await bench.play([{ match: 'all', times: 1, fault: { kind: 'batch-answer-lost' } }])
    expect(await rejectionOf(submitDraftBatches(all))).toMatchObject({ code: 'TeacherUnavailable' })
    expect(await submitDraftBatches(all)).toEqual({ jobs: 1 })
    expect(await lookAtDraftBatches(input)).toMatchObject({ running: 0, ok: 3 })
    expect((await bench.calls()).paid).toBe(3)
    expect(await bills()).toHaveLength(3)
  })

  test('tells the images whose items failed, and looking again pays and changes nothing', async () => {
    const { images, all, input, bills, submitDraftBatches, lookAtDraftBatches } = await chunk()
    await bench.play([{ match: { image: images[1] ?? '' }, fault: { kind: 'status', code: 503 } }])
    await submitDraftBatches(all)
    const sight = await lookAtDraftBatches(input)
    expect(sight).toMatchObject({ running: 0, ok: 2, left: [images[1]], failures: [] })
    expect(await lookAtDraftBatches(input)).toEqual(sight)
    expect(await bills()).toHaveLength(2)
  })

  test.each(['batch-failed', 'batch-expired'] as const)(
    'whose job ended as %s is left whole, and nothing is billed',
    async (kind) => {
      const { images, all, input, bills, submitDraftBatches, lookAtDraftBatches } = await chunk()
      await bench.play([{ match: 'all', fault: { kind } }])
      await submitDraftBatches(all)
      const sight = await lookAtDraftBatches(input)
      expect(sight).toMatchObject({ running: 0, ok: 0 })
      expect([...sight.left].sort()).toEqual([...images].sort())
      expect(await bills()).toEqual([])
    },
  )

  test('that is stuck is cancelled at the end and left whole', async () => {
    const { all, input, submitDraftBatches, lookAtDraftBatches, endDraftBatches, store } = await chunk()
    await bench.play([{ match: 'all', fault: { kind: 'batch-stuck' } }])
    await submitDraftBatches(all)
    expect(await lookAtDraftBatches(input)).toMatchObject({ running: 1, left: [] })
    expect((await endDraftBatches(input)).left).toHaveLength(3)
    const record = await readRecord(store, keys.draftBatches(1, 1), DraftBatchRecord)
    expect(record?.jobs.map(({ ended }) => ended?.state)).toEqual(['cancelled'])
  })

  test('that was never handed in is left whole', async () => {
    const { input, endDraftBatches } = await chunk()
    expect((await endDraftBatches(input)).left).toHaveLength(3)
  })

  test('keeps an unreadable answer as an attempt and never as an empty draft', async () => {
    const { images, all, input, submitDraftBatches, lookAtDraftBatches, store, promptVersion } = await chunk()
    await bench.play([{ match: { image: images[0] ?? '' }, fault: { kind: 'refusal' } }])
    await submitDraftBatches(all)
    expect(await lookAtDraftBatches(input)).toMatchObject({ ok: 2, left: [images[0]] })
    expect(await readRecord(store, keys.draft(promptVersion, images[0] ?? ''), DraftRecord)).toBeNull()
    expect(await everythingIn(store)).not.toContain(canaryKey)
  })

  test("hands in as many images as the day's budget has room for, and settles what they cost", async () => {
    const { plan } = await chunk()
    // The plan sets aside a job's half and a single call for each image.
    const worst = plan.worstCaseUsdPerCall / 3
    const perDayUsd = 2.5 * worst
    const { store, all, input, bills, submitDraftBatches, lookAtDraftBatches } = await chunk({ perDayUsd })
    const day = () => readRecord(store, keys.reservations('2026-11-21'), DayReservations)
    expect(await submitDraftBatches(all)).toEqual({ jobs: 1 })
    expect(await submitDraftBatches(all)).toEqual({ jobs: 1 })
    expect(Object.values((await day())?.open ?? {})).toMatchObject([
      { usd: expect.closeTo(2 * worst, 9), job: true },
    ])
    expect(await lookAtDraftBatches(input)).toMatchObject({ running: 0, ok: 2, left: [], heldBack: 1 })
    const spentUsd = (await bills()).reduce((sum, { usd }) => sum + usd, 0)
    expect(await day()).toEqual({ v: 1, spentUsd: expect.closeTo(spentUsd, 9), open: {} })
    expect(spentUsd).toBeLessThan(perDayUsd)
    expect((await bench.calls()).paid).toBe(2)
  })

  test('counts a job that was cancelled as its worst case: what it did may be billed', async () => {
    const { store, all, input, submitDraftBatches, endDraftBatches, plan } = await chunk({ perDayUsd: 1 })
    await bench.play([{ match: 'all', fault: { kind: 'batch-stuck' } }])
    await submitDraftBatches(all)
    await endDraftBatches(input)
    await endDraftBatches(input)
    expect(await readRecord(store, keys.reservations('2026-11-21'), DayReservations)).toEqual({
      v: 1,
      spentUsd: expect.closeTo(plan.worstCaseUsdPerCall, 9),
      open: {},
    })
  })
})
