import type { CoreActivities } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { CycleOutcomeRecord, CycleRecord } from '../domain/schemas/records/cycle.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'
import { readRecord, writeRecord, writeRecordOnce } from './store/records.ts'

export type CycleRecordActivities = Pick<CoreActivities, 'openCycle' | 'closeCycle'>

/** Numbers of the cycles that were opened, ascending. */
export async function cycleNumbers(store: ObjectStore, project: string): Promise<number[]> {
  const numbers = new Set<number>()
  for await (const key of store.list(storeKeys(project).cycles)) {
    const number = /\/cycles\/(\d+)\/cycle\.json$/.exec(key)?.[1]
    if (number !== undefined) numbers.add(Number(number))
  }
  return [...numbers].sort((a, b) => a - b)
}

/** Opens and closes cycles in the store. A number is claimed by a conditional put: two cycles never share one. */
export function createCycleRecordActivities({
  store,
  now,
  clear = async () => {},
}: {
  readonly store: ObjectStore
  readonly now: () => Date
  /** Takes away what the calls of a cycle have left with the vendor. */
  readonly clear?: (project: string) => Promise<unknown>
}): CycleRecordActivities {
  return {
    async openCycle({ project, configHash, mode, runId }) {
      const config = await loadConfig(store, { project, configHash })
      const settings = {
        reviewQuota: config.review.quota,
        reviewDeadlineHours: config.review.deadlineHours,
        minNewReviews: config.night.minNewReviews,
      }
      const keys = storeKeys(project)
      const last = (await cycleNumbers(store, project)).at(-1) ?? 0
      for (let cycle = Math.max(last, 1); ; cycle += 1) {
        const key = keys.cycleFile(cycle, 'cycle.json')
        const record: CycleRecord = { v: 1, cycle, mode, configHash, runId, startedAt: now().toISOString() }
        if (await writeRecordOnce(store, key, CycleRecord, record)) return { cycle, settings }
        // A repeated activity finds the number that its first attempt claimed.
        if ((await readRecord(store, key, CycleRecord))?.runId === runId) return { cycle, settings }
      }
    },

    async closeCycle({ project, cycle, outcome, summary }) {
      const key = storeKeys(project).cycleFile(cycle, 'outcome.json')
      const record = { v: 1 as const, cycle, outcome, endedAt: now().toISOString(), summary }
      await writeRecord(store, key, CycleOutcomeRecord, record)
      await clear(project)
    },
  }
}
