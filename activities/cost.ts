import type { LedgerEntry } from '../domain/schemas/records/draft.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { ledgerDay, readLedger } from './store/ledger.ts'

export interface LedgerSum {
  readonly calls: number
  readonly tokens: { readonly prompt: number; readonly output: number; readonly thoughts: number }
  /** Paid to the vendor. */
  readonly usd: number
  /** What the simulated teacher's calls would have cost; nobody is billed for them. */
  readonly simulatedUsd: number
  readonly simulatedCalls: number
}

export interface LedgerSummary {
  readonly total: LedgerSum
  /** The total's two parts. */
  readonly drafts: LedgerSum
  readonly questions: LedgerSum
  /** By day (UTC), model, prompt version and cycle number, in order of the key. */
  readonly byDay: Readonly<Record<string, LedgerSum>>
  readonly byModel: Readonly<Record<string, LedgerSum>>
  readonly byPromptVersion: Readonly<Record<string, LedgerSum>>
  readonly byCycle: Readonly<Record<string, LedgerSum>>
}

const nothing: LedgerSum = {
  calls: 0,
  tokens: { prompt: 0, output: 0, thoughts: 0 },
  usd: 0,
  simulatedUsd: 0,
  simulatedCalls: 0,
}

function add(sum: LedgerSum, { tokens, usd, endpoint }: LedgerEntry): LedgerSum {
  const isSimulated = endpoint === 'simulated'
  return {
    calls: sum.calls + 1,
    tokens: {
      prompt: sum.tokens.prompt + tokens.prompt,
      output: sum.tokens.output + tokens.output,
      thoughts: sum.tokens.thoughts + tokens.thoughts,
    },
    usd: sum.usd + (isSimulated ? 0 : usd),
    simulatedUsd: sum.simulatedUsd + (isSimulated ? usd : 0),
    simulatedCalls: sum.simulatedCalls + (isSimulated ? 1 : 0),
  }
}

/** Where calls of `ask` are counted, which belong to no cycle and no prompt version. */
const questions = 'questions'

/** Adds up every paid call of a project. */
export async function summariseLedger(store: ObjectStore, project: string): Promise<LedgerSummary> {
  let total = nothing
  const kinds = { draft: nothing, question: nothing }
  const groups = { day: newGroup(), model: newGroup(), promptVersion: newGroup(), cycle: newGroup() }
  for await (const entry of readLedger(store, project, null)) {
    total = add(total, entry)
    kinds[entry.kind] = add(kinds[entry.kind], entry)
    groups.day.add(ledgerDay(entry.at), entry)
    groups.model.add(entry.model, entry)
    groups.promptVersion.add(entry.promptVersion ?? questions, entry)
    groups.cycle.add(entry.cycle === null ? questions : String(entry.cycle), entry)
  }
  return {
    total,
    drafts: kinds.draft,
    questions: kinds.question,
    byDay: groups.day.sums(),
    byModel: groups.model.sums(),
    byPromptVersion: groups.promptVersion.sums(),
    byCycle: groups.cycle.sums(),
  }
}

function newGroup() {
  const sums = new Map<string, LedgerSum>()
  return {
    add(key: string, entry: LedgerEntry): void {
      sums.set(key, add(sums.get(key) ?? nothing, entry))
    },
    sums: (): Record<string, LedgerSum> =>
      Object.fromEntries([...sums].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))),
  }
}

/** What the calls of one cycle have cost so far, USD, the simulated ones' made-up money included: budgets count both alike. */
export async function cycleSpendUsd(
  store: ObjectStore,
  project: string,
  { cycle, sinceDay }: { readonly cycle: number; readonly sinceDay: string | null },
): Promise<number> {
  let usd = 0
  for await (const entry of readLedger(store, project, sinceDay)) {
    if (entry.cycle === cycle) usd += entry.usd
  }
  return usd
}
