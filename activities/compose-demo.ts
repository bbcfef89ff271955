import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { CycleLine, Spend } from '../domain/report/report-data.ts'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { ComparisonRecord, EvaluationRecord } from '../domain/schemas/records/cycle.ts'
import { createReviewBoard } from './adapters/label-studio/review-board.ts'
import { createObjectStore } from './adapters/minio/object-store.ts'
import { readBoard } from './board-record.ts'
import { cycleNumbers } from './cycles.ts'
import { cycleHistory } from './reporting/cycle-history.ts'
import { projectSpend } from './reporting/project-spend.ts'
import { projectCounts, type ProjectCounts } from './reporting/project-counts.ts'
import { readRecord } from './store/records.ts'

export interface DemoFigures {
  readonly history: readonly CycleLine[]
  /** Of the cycles that evaluated a model, oldest first. */
  readonly evaluations: readonly EvaluationRecord[]
  /** Of the newest comparison, by kind. */
  readonly disagreements: ComparisonRecord['byKind']
  readonly counts: ProjectCounts['counts']
  readonly spend: Spend
  readonly boardUrl: string | null
  /** The newest report, as HTML. */
  readonly report: Uint8Array
}

/** What the demo tells at its end, read back from the store. */
export async function composeDemoFigures(
  settings: ConnectionSettings,
  project: string,
): Promise<DemoFigures> {
  const store = createObjectStore(settings.store)
  const cycles = await cycleNumbers(store, project)
  const evaluations: EvaluationRecord[] = []
  let comparison: ComparisonRecord | null = null
  for (const cycle of cycles) {
    const file = (name: string): string => storeKeys(project).cycleFile(cycle, name)
    const evaluation = await readRecord(store, file('evaluation.json'), EvaluationRecord)
    if (evaluation !== null) evaluations.push(evaluation)
    comparison = (await readRecord(store, file('comparison.json'), ComparisonRecord)) ?? comparison
  }
  const last = cycles.at(-1) ?? 0
  const report = await store.get(storeKeys(project).cycleFile(last, 'report.html'))
  const board = await readBoard(store, project)
  return {
    history: await cycleHistory(store, project, last),
    evaluations,
    disagreements: comparison?.byKind ?? {},
    counts: (await projectCounts(store, project)).counts,
    spend: await projectSpend(store, project),
    boardUrl:
      board === null
        ? null
        : createReviewBoard({ ...settings.board, store: settings.store }).url(board.board),
    report: report?.body ?? new Uint8Array(),
  }
}
