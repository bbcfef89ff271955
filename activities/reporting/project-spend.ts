import type { Spend } from '../../domain/report/report-data.ts'
import { summariseLedger } from '../cost.ts'
import type { ObjectStore } from '../roles/object-store.ts'

/** Everything the project has spent on the teacher so far. */
export async function projectSpend(store: ObjectStore, project: string): Promise<Spend> {
  const { usd, simulatedUsd, calls, tokens } = (await summariseLedger(store, project)).total
  return { usd, simulatedUsd, calls, tokens: tokens.prompt + tokens.output + tokens.thoughts }
}
