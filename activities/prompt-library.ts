import { storeKeys } from '../domain/contracts/store-keys.ts'
import { PromptRecord } from '../domain/schemas/records/draft.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { ledgerDay, readLedger } from './store/ledger.ts'
import { readRecord } from './store/records.ts'

/** A prompt version with what was made and paid under it. */
export interface StoredPrompt {
  readonly record: PromptRecord
  /** Images with a final draft, blocked ones included. */
  readonly drafts: number
  /** True: only tried out by a comparison, never taken into use. */
  readonly trial: boolean
  readonly calls: number
  readonly tokens: number
  readonly usd: number
  /** Made-up money of the simulated teacher. */
  readonly simulatedUsd: number
  /** Days of its first and last paid call, UTC; null without a call. */
  readonly firstDay: string | null
  readonly lastDay: string | null
}

/** Every prompt version of a project, the newest first. */
export async function listPrompts(store: ObjectStore, project: string): Promise<StoredPrompt[]> {
  const keys = storeKeys(project)
  const found = new Map<string, { drafts: number; trial: boolean }>()
  for await (const key of store.list(keys.allDrafts)) {
    const [promptVersion = '', file = ''] = key.slice(keys.allDrafts.length).split('/')
    const seen = found.get(promptVersion) ?? { drafts: 0, trial: false }
    if (/^[0-9a-f]{64}\.json$/.test(file)) seen.drafts += 1
    if (key === keys.promptTrial(promptVersion)) seen.trial = true
    found.set(promptVersion, seen)
  }
  const bills = await billsByPrompt(store, project)
  const prompts: StoredPrompt[] = []
  for (const [promptVersion, seen] of found) {
    const record = await readRecord(store, keys.promptVersion(promptVersion), PromptRecord)
    if (record !== null) prompts.push({ record, ...seen, ...(bills.get(promptVersion) ?? noBill) })
  }
  return prompts.toSorted((a, b) => (b.lastDay ?? '').localeCompare(a.lastDay ?? ''))
}

type Bill = Omit<StoredPrompt, 'record' | 'drafts' | 'trial'>

const noBill: Bill = { calls: 0, tokens: 0, usd: 0, simulatedUsd: 0, firstDay: null, lastDay: null }

async function billsByPrompt(store: ObjectStore, project: string): Promise<Map<string, Bill>> {
  const bills = new Map<string, Bill>()
  for await (const { promptVersion, at, tokens, usd, endpoint } of readLedger(store, project, null)) {
    if (promptVersion === null) continue
    const before = bills.get(promptVersion) ?? noBill
    const day = ledgerDay(at)
    const isSimulated = endpoint === 'simulated'
    bills.set(promptVersion, {
      calls: before.calls + 1,
      tokens: before.tokens + tokens.prompt + tokens.output + tokens.thoughts,
      usd: before.usd + (isSimulated ? 0 : usd),
      simulatedUsd: before.simulatedUsd + (isSimulated ? usd : 0),
      firstDay: before.firstDay ?? day,
      lastDay: day,
    })
  }
  return bills
}

/**
 * The prompt version that a hash begins with.
 * @throws AdapterError NotFound when none does, or several
 */
export async function findPrompt(store: ObjectStore, project: string, prefix: string): Promise<PromptRecord> {
  const prompts = await listPrompts(store, project)
  const fitting = prompts.filter(({ record }) => record.promptVersion.startsWith(prefix))
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only.record
  throw new AdapterError(
    'NotFound',
    fitting.length === 0
      ? `No prompt version of ${project} begins with ${prefix}.`
      : `${fitting.length} prompt versions of ${project} begin with ${prefix}.`,
    { retryable: false, hint: '`understudy prompts list` shows them; or name a config file.' },
  )
}
