import { setTimeout as wait } from 'node:timers/promises'
import type { DayReservations } from '../domain/schemas/records/reservations.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import {
  changeReservations,
  countUnreserved,
  setAside,
  settleReservation,
  withoutExpired,
  type DayRef,
} from './store/day-reservations.ts'
import { ledgerDay } from './store/ledger.ts'

export interface DayBudgetCall {
  readonly store: ObjectStore
  readonly project: string
  readonly now: () => Date
  /** The same call reserves once, however often it is made. */
  readonly callId: string
  /** When the call began, ISO: it belongs to this day's budget and ledger (UTC), whenever it ends. */
  readonly startedAt: string
  /** Null: no budget. */
  readonly perDayUsd: number | null
  readonly worstCaseUsd: number
  /** How long room is waited for that calls under way may leave, milliseconds. Left out: 20 s. */
  readonly patienceMs?: number
}

/** Calls take seconds: most that are under way end in this time, and an activity's own time limit is far. */
const usualPatienceMs = 20_000
const lookAgainMs = 500
/** Then it is tried again later, seconds: a lost call's room comes back after minutes. */
const tryAgainSeconds = 30

/**
 * Runs a paid call within the day's budget: its worst case is set aside in the store before it starts and what it cost is
 * settled when it ends, so that all workers together never spend more, whatever dies. What a lost call cost is told by the
 * ledger; what nobody can tell counts as its worst case.
 * @throws AdapterError BudgetSpent when the worst case does not fit any more; retryable while calls under way may leave room
 */
export async function withinTheDay<Result extends { readonly usd: number }>(
  call: DayBudgetCall,
  run: () => Promise<Result>,
): Promise<Result> {
  const { store, project, now, callId, startedAt, perDayUsd } = call
  const ref: DayRef = { store, project, now, day: ledgerDay(startedAt) }
  if (perDayUsd !== null) await reserve(ref, call, perDayUsd)
  const settle = (usd: number): Promise<void> =>
    perDayUsd === null ? countUnreserved(ref, usd) : settleReservation(ref, callId, usd)
  try {
    const result = await run()
    await settle(result.usd)
    return result
  } catch (error) {
    // A cancelled call may have been billed: it stays set aside until the ledger tells.
    if (error instanceof AdapterError) await settle(error.spentUsd)
    throw error
  }
}

async function reserve(ref: DayRef, call: DayBudgetCall, perDayUsd: number): Promise<void> {
  const { patienceMs = usualPatienceMs } = call
  for (let waited = 0; ; waited += lookAgainMs) {
    try {
      await reserveNow(ref, call, perDayUsd)
      return
    } catch (error) {
      const mayFitSoon = error instanceof AdapterError && error.code === 'BudgetSpent' && error.retryable
      if (!mayFitSoon || waited >= patienceMs) throw error
    }
    await wait(lookAgainMs)
  }
}

const reserveNow = (ref: DayRef, call: DayBudgetCall, perDayUsd: number): Promise<void> =>
  changeReservations(ref, async (before) => {
    const { callId, worstCaseUsd, startedAt } = call
    const state = await withoutExpired(ref, before)
    const { [callId]: own, ...others } = state.open
    const held = setAside({ ...state, open: others })
    const room = perDayUsd - state.spentUsd - held.jobs - worstCaseUsd + 1e-9
    if (room < held.calls) throw noRoom(perDayUsd, { ...state, open: others }, room >= 0)
    const at = own?.at ?? startedAt
    return { ...state, open: { ...others, [callId]: { usd: worstCaseUsd, at } } }
  })

function noRoom(perDayUsd: number, state: DayReservations, mayFitSoon: boolean): AdapterError {
  const { jobs, calls } = setAside(state)
  return new AdapterError(
    'BudgetSpent',
    `The day's budget of $${perDayUsd} leaves no room for another call: $${state.spentUsd.toFixed(4)} spent, $${(jobs + calls).toFixed(4)} set aside for calls under way.`,
    {
      retryable: mayFitSoon,
      ...(mayFitSoon ? { retryAfterSeconds: tryAgainSeconds } : {}),
      hint: 'Go on after midnight UTC, or raise budget.perDayUsd in understudy.yaml.',
    },
  )
}
