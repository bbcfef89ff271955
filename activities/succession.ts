import { storeKeys } from '../domain/contracts/store-keys.ts'
import { ChampionRecord } from '../domain/schemas/records/model.ts'
import type { ObjectStore } from './roles/object-store.ts'
import {
  readRecord,
  readRecordWithTag,
  requireRecord,
  writeRecordIfUnchanged,
  writeRecordOnce,
} from './store/records.ts'

/** The reigning champion as it was read, for {@link crown} to replace. */
export interface Reigning {
  readonly record: ChampionRecord
  readonly etag: string
}

export const readChampion = (store: ObjectStore, project: string): Promise<Reigning | null> =>
  readRecordWithTag(store, storeKeys(project).champion, ChampionRecord)

/** What is said of a new champion; its place in the succession follows from the one before. */
export type Coronation = Required<Omit<ChampionRecord, 'v' | 'number' | 'previous'>>

/**
 * Replaces the champion unless another took over since `before` was read: false then. The succession is append-only; an
 * entry that a crash kept from being written is written by whoever comes next.
 */
export async function crown(
  store: ObjectStore,
  project: string,
  before: Reigning | null,
  coronation: Coronation,
): Promise<boolean> {
  const keys = storeKeys(project)
  if (before !== null) await enter(before.record)
  const next: ChampionRecord = {
    v: 1,
    ...coronation,
    number: before === null ? 1 : numberOf(before.record) + 1,
    previous: before?.record.model ?? null,
  }
  if (!(await writeRecordIfUnchanged(store, keys.champion, ChampionRecord, next, before?.etag ?? null)))
    return false
  await enter(next)
  return true

  function enter(record: ChampionRecord): Promise<boolean> {
    return writeRecordOnce(store, keys.championEntry(numberOf(record)), ChampionRecord, record)
  }
}

/** Champions of older versions have no number: there was no succession then, so the one that reigns is its first. */
const numberOf = ({ number }: ChampionRecord): number => number ?? 1

/** All champions, oldest first, the reigning one last. */
export async function readSuccession(store: ObjectStore, project: string): Promise<ChampionRecord[]> {
  const keys = storeKeys(project)
  const entries: ChampionRecord[] = []
  for await (const key of store.list(keys.champions))
    entries.push(await requireRecord(store, key, ChampionRecord))
  const reigning = await readRecord(store, keys.champion, ChampionRecord)
  const isEntered = reigning === null || entries.some((entry) => numberOf(entry) === numberOf(reigning))
  return isEntered ? entries : [...entries, reigning]
}
