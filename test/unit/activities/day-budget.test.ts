import { describe, expect, it } from 'vitest'
import { withinTheDay, type DayBudgetCall } from '../../../activities/day-budget.ts'
import { AdapterError } from '../../../activities/errors/adapter-error.ts'
import { writeLedgerEntry } from '../../../activities/store/ledger.ts'
import { readRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { DayReservations } from '../../../domain/schemas/records/reservations.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const day = '2026-11-21'

function bench(perDayUsd: number | null, patienceMs = 0) {
  const store = createMemoryObjectStore()
  const clock = { now: Date.parse(`${day}T10:00:00Z`) }
  const call = (callId: string): DayBudgetCall => ({
    store,
    project,
    now: () => new Date(clock.now),
    callId,
    startedAt: new Date(clock.now).toISOString(),
    perDayUsd,
    worstCaseUsd: 0.1,
    patienceMs,
  })
  const state = () => readRecord(store, storeKeys(project).reservations(day), DayReservations)
  const bill = (callId: string, usd: number) =>
    writeLedgerEntry(store, project, {
      v: 1,
      callId,
      at: new Date(clock.now).toISOString(),
      kind: 'draft',
      cycle: 1,
      image: 'a'.repeat(64),
      promptVersion: 'b'.repeat(64),
      model: 'gemini-3.8-flash',
      endpoint: 'google',
      tokens: { prompt: 1, output: 1, thoughts: 1 },
      usd,
    })
  return { clock, call, state, bill }
}

const costs = (usd: number) => async () => ({ usd })

describe("a day's budget", () => {
  it('lets calls start while their worst case fits, and counts what they cost', async () => {
    const { call, state } = bench(0.25)
    for (const id of ['a', 'b', 'c', 'd']) await withinTheDay(call(id), costs(0.04))
    await expect(withinTheDay(call('e'), costs(0.04))).rejects.toMatchObject({
      code: 'BudgetSpent',
      retryable: false,
    })
    expect(await state()).toEqual({ v: 1, spentUsd: expect.closeTo(0.16, 9), open: {} })
  })

  it('is never passed by many workers at once, however their calls end', async () => {
    const { call, state } = bench(1)
    let spent = 0
    const run = async (): Promise<{ usd: number }> => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      spent += 0.1
      if (spent > 0.35 && spent < 0.45)
        throw new AdapterError('TeacherBadReply', 'broken', { retryable: false, spentUsd: 0.1 })
      return { usd: 0.1 }
    }
    const calls = Array.from({ length: 30 }, (_, index) => withinTheDay(call(`call-${index}`), run))
    const ended = await Promise.allSettled(calls)
    expect(spent).toBeCloseTo(1, 9)
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(9)
    expect((await state())?.spentUsd).toBeCloseTo(1, 9)
  })

  it('counts a call whose worker died as its worst case until the ledger tells, and for ever when it does not', async () => {
    const { call, state, bill, clock } = bench(0.25)
    const never = new Error('killed')
    await expect(withinTheDay(call('lost'), () => Promise.reject(never))).rejects.toBe(never)
    await expect(withinTheDay(call('paid'), () => Promise.reject(never))).rejects.toBe(never)
    await bill('paid', 0.02)
    await expect(withinTheDay(call('new'), costs(0.01))).rejects.toMatchObject({ code: 'BudgetSpent' })
    clock.now += 11 * 60_000
    await withinTheDay(call('new'), costs(0.01))
    expect(await state()).toEqual({ v: 1, spentUsd: expect.closeTo(0.13, 9), open: {} })
  })

  it('sets a repeated call aside once', async () => {
    const { call } = bench(0.1)
    await expect(withinTheDay(call('a'), () => Promise.reject(new Error('killed')))).rejects.toThrow('killed')
    await expect(withinTheDay(call('a'), costs(0.01))).resolves.toEqual({ usd: 0.01 })
  })

  it('counts what was spent before it was set, and starts anew the next day', async () => {
    const { call, bill, clock } = bench(0.25)
    await bill('before', 0.2)
    await expect(withinTheDay(call('a'), costs(0.01))).rejects.toMatchObject({ code: 'BudgetSpent' })
    clock.now += 24 * 3_600_000
    await expect(withinTheDay(call('a'), costs(0.01))).resolves.toEqual({ usd: 0.01 })
  })

  it('writes nothing where there is none', async () => {
    const { call, state } = bench(null)
    await withinTheDay(call('a'), costs(5))
    expect(await state()).toBeNull()
  })
})
