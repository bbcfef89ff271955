import { setTimeout as wait } from 'node:timers/promises'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { LedgerEntry } from '../domain/schemas/records/draft.ts'
import { DayReservations } from '../domain/schemas/records/reservations.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { ledgerDay, readLedger } from './store/ledger.ts'
import { readRecord, readRecordWithTag, writeRecordIfUnchanged } from './store/records.ts'

export interface DayBudgetCall {
  readonly store: ObjectStore
  readonly project: string
  readonly now: () => Date
  /** The same call reserves once, however often it is made. */
  readonly callId: string
  /** Null: no budget, and nothing is written. */
  readonly perDayUsd: number | null
  readonly worstCaseUsd: number
}

/** A call that began so long ago has ended, or its worker is gone: longer than any timeout of a call, milliseconds. */
const expiresAfterMs = 10 * 60_000
/** Tries to write among other workers; each waits a little longer, up to a quarter of a second. */
const mostTries = 200

/**
 * Runs a paid call within the day's budget: its worst case is set aside in the store before it starts and what it cost is
 * settled when it ends, so that all workers together never spend more, whatever dies. What a lost call cost is told by the
 * ledger; what nobody can tell counts as its worst case.
 * @throws AdapterError BudgetSpent when the worst case does not fit any more
 */
export async function withinTheDay<Result extends { readonly usd: number }>(
  call: DayBudgetCall,
  run: () => Promise<Result>,
): Promise<Result> {
  if (call.perDayUsd === null) return run()
  const day = ledgerDay(call.now().toISOString())
  await reserve(call, call.perDayUsd, day)
  try {
    const result = await run()
    await settle(call, day, result.usd)
    return result
  } catch (error) {
    // A cancelled call may have been billed: it stays set aside until the ledger tells.
    if (error instanceof AdapterError) await settle(call, day, error.spentUsd)
    throw error
  }
}

async function reserve(call: DayBudgetCall, perDayUsd: number, day: string): Promise<void> {
  const { callId, worstCaseUsd, now } = call
  await change(call, day, async (before) => {
    const state = await withoutExpired(call, day, before)
    const { [callId]: own, ...others } = state.open
    const setAside = Object.values(others).reduce((sum, { usd }) => sum + usd, 0)
    if (state.spentUsd + setAside + worstCaseUsd > perDayUsd + 1e-9)
      throw spent(perDayUsd, state.spentUsd, setAside)
    const at = own?.at ?? now().toISOString()
    return { ...state, open: { ...others, [callId]: { usd: worstCaseUsd, at } } }
  })
}

const settle = (call: DayBudgetCall, day: string, usd: number): Promise<void> =>
  change(call, day, async (state) => {
    const { [call.callId]: own, ...open } = state.open
    return own === undefined ? state : { ...state, spentUsd: state.spentUsd + usd, open }
  })

/** Calls that must have ended become money spent. */
async function withoutExpired(
  { store, project, now }: DayBudgetCall,
  day: string,
  state: DayReservations,
): Promise<DayReservations> {
  const open: DayReservations['open'] = {}
  let { spentUsd } = state
  for (const [callId, held] of Object.entries(state.open)) {
    if (now().getTime() - Date.parse(held.at) < expiresAfterMs) {
      open[callId] = held
      continue
    }
    const entry = await readRecord(store, storeKeys(project).ledgerEntry(day, callId), LedgerEntry)
    spentUsd += entry?.usd ?? held.usd
  }
  return { v: 1, spentUsd, open }
}

/** Reads, changes and writes the day's record until nobody wrote in between. */
async function change(
  { store, project }: DayBudgetCall,
  day: string,
  next: (before: DayReservations) => Promise<DayReservations>,
): Promise<void> {
  const key = storeKeys(project).reservations(day)
  for (let tried = 1; tried <= mostTries; tried += 1) {
    const found = await readRecordWithTag(store, key, DayReservations)
    const before = found?.record ?? { v: 1, spentUsd: await spentBefore(store, project, day), open: {} }
    const after = await next(before)
    if (after === before) return
    if (await writeRecordIfUnchanged(store, key, DayReservations, after, found?.etag ?? null)) return
    await wait(Math.min(250, 10 * tried) * (0.5 + Math.random()))
  }
  throw new AdapterError('WriteConflict', `The reservations of ${day} could not be written.`, {
    retryable: true,
  })
}

/** A budget that is set in the middle of a day counts what was spent before. */
async function spentBefore(store: ObjectStore, project: string, day: string): Promise<number> {
  let usd = 0
  for await (const entry of readLedger(store, project, day)) if (ledgerDay(entry.at) === day) usd += entry.usd
  return usd
}

const spent = (perDayUsd: number, spentUsd: number, setAside: number): AdapterError =>
  new AdapterError(
    'BudgetSpent',
    `The day's budget of $${perDayUsd} leaves no room for another call: $${spentUsd.toFixed(4)} spent, $${setAside.toFixed(4)} set aside for calls under way.`,
    { retryable: false, hint: 'Go on after midnight UTC, or raise budget.perDayUsd in understudy.yaml.' },
  )
