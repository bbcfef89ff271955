import { setTimeout as wait } from 'node:timers/promises'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { LedgerEntry } from '../../domain/schemas/records/draft.ts'
import { DayReservations } from '../../domain/schemas/records/reservations.ts'
import { AdapterError } from '../errors/adapter-error.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { ledgerDay, readLedger } from './ledger.ts'
import { readRecord, readRecordWithTag, writeRecordIfUnchanged } from './records.ts'

/** Whose budget, and which day's (UTC, `2026-11-21`). */
export interface DayRef {
  readonly store: ObjectStore
  readonly project: string
  readonly day: string
  readonly now: () => Date
}

/** A call that began so long ago has ended, or its worker is gone: longer than any timeout of a call, milliseconds. */
const expiresAfterMs = 10 * 60_000
/** Tries to write among other workers; each waits a little longer, up to a quarter of a second. */
const mostTries = 200

/** Reads, changes and writes the day's record until nobody wrote in between. The same record back: nothing is written. */
export async function changeReservations(
  ref: DayRef,
  next: (before: DayReservations) => Promise<DayReservations>,
): Promise<void> {
  const { store, project, day } = ref
  const key = storeKeys(project).reservations(day)
  for (let tried = 1; tried <= mostTries; tried += 1) {
    const found = await readRecordWithTag(store, key, DayReservations)
    const before = found?.record ?? { v: 1, spentUsd: await spentBefore(ref), open: {} }
    const after = await next(before)
    if (after === before) return
    if (await writeRecordIfUnchanged(store, key, DayReservations, after, found?.etag ?? null)) return
    await wait(Math.min(250, 10 * tried) * (0.5 + Math.random()))
  }
  throw new AdapterError('WriteConflict', `The reservations of ${day} could not be written.`, {
    retryable: true,
  })
}

/** Calls that must have ended become money spent; a job's room is kept until its end is known. */
export async function withoutExpired(
  { store, project, day, now }: DayRef,
  state: DayReservations,
): Promise<DayReservations> {
  const open: DayReservations['open'] = {}
  let { spentUsd } = state
  for (const [id, held] of Object.entries(state.open)) {
    if (held.job === true || now().getTime() - Date.parse(held.at) < expiresAfterMs) {
      open[id] = held
      continue
    }
    const entry = await readRecord(store, storeKeys(project).ledgerEntry(day, id), LedgerEntry)
    spentUsd += entry?.usd ?? held.usd
  }
  return { v: 1, spentUsd, open }
}

/** What is set aside, USD: for jobs, and for calls that end within minutes. */
export function setAside(state: DayReservations): { readonly jobs: number; readonly calls: number } {
  let [jobs, calls] = [0, 0]
  for (const { usd, job } of Object.values(state.open)) {
    if (job === true) jobs += usd
    else calls += usd
  }
  return { jobs, calls }
}

/** Replaces what was set aside by what it cost, once: a second time changes nothing. */
export const settleReservation = (ref: DayRef, id: string, usd: number): Promise<void> =>
  changeReservations(ref, async (state) => {
    const { [id]: own, ...open } = state.open
    return own === undefined ? state : { ...state, spentUsd: state.spentUsd + usd, open }
  })

/** Counts what was spent without being set aside, where a day's budget is kept: a config without one was at work, too. */
export async function countUnreserved(ref: DayRef, usd: number): Promise<void> {
  const kept = await ref.store.has(storeKeys(ref.project).reservations(ref.day))
  if (kept) await changeReservations(ref, async (state) => ({ ...state, spentUsd: state.spentUsd + usd }))
}

/** A budget that is set in the middle of a day counts what was spent before. */
async function spentBefore({ store, project, day }: DayRef): Promise<number> {
  let usd = 0
  for await (const entry of readLedger(store, project, day)) if (ledgerDay(entry.at) === day) usd += entry.usd
  return usd
}
