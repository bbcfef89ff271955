import { pMapIterable } from 'p-map'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { LedgerEntry } from '../../domain/schemas/records/draft.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readsAtOnce, requireRecord, writeRecord } from './records.ts'

/** Day of a call in the ledger, UTC: `2026-11-21`. */
export const ledgerDay = (at: string): string => new Date(at).toISOString().slice(0, 10)

/** Writes what a call cost. The same call writes the same object. */
export async function writeLedgerEntry(
  store: ObjectStore,
  project: string,
  entry: LedgerEntry,
): Promise<void> {
  const key = storeKeys(project).ledgerEntry(ledgerDay(entry.at), entry.callId)
  await writeRecord(store, key, LedgerEntry, entry)
}

/**
 * Some of a day's calls (UTC), evenly spread over the day: their ids are hashes, so the first ones by key are a sample by
 * chance, and nobody reads a hundred thousand for a mean.
 */
export async function* sampleLedger(
  store: ObjectStore,
  project: string,
  { day, most }: { readonly day: string; readonly most: number },
): AsyncIterable<LedgerEntry> {
  async function* keys(): AsyncIterable<string> {
    let count = 0
    for await (const key of store.list(`${storeKeys(project).ledger}${day}/`)) {
      if (count === most) return
      count += 1
      yield key
    }
  }
  yield* pMapIterable(keys(), async (key) => requireRecord(store, key, LedgerEntry), {
    concurrency: readsAtOnce,
  })
}

/** All paid calls since a day (UTC, that day included), in order of the day; null: since the beginning. */
export async function* readLedger(
  store: ObjectStore,
  project: string,
  sinceDay: string | null,
): AsyncIterable<LedgerEntry> {
  const { ledger } = storeKeys(project)
  async function* keys(): AsyncIterable<string> {
    for await (const key of store.list(ledger)) {
      if (sinceDay === null || key.slice(ledger.length) >= sinceDay) yield key
    }
  }
  yield* pMapIterable(keys(), async (key) => requireRecord(store, key, LedgerEntry), {
    concurrency: readsAtOnce,
  })
}
