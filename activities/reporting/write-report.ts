import type { CoreActivities } from '../../domain/contracts/activities.ts'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import type { PromptInUse, ReportData } from '../../domain/report/report-data.ts'
import { reportPage } from '../../domain/report/report-page.ts'
import { ComparisonRecord, CycleRecord, EvaluationRecord } from '../../domain/schemas/records/cycle.ts'
import { PromptRecord } from '../../domain/schemas/records/draft.ts'
import { GateRecord } from '../../domain/schemas/records/judgement.ts'
import { cycleNumbers } from '../cycles.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readRecord, requireRecord } from '../store/records.ts'
import { latestReviews } from '../store/reviews.ts'
import { cycleHistory } from './cycle-history.ts'
import { disagreementTiles, reviewedTiles, type GalleryDependencies } from './gallery-tiles.ts'
import { projectCounts } from './project-counts.ts'
import { projectSpend } from './project-spend.ts'
import { provenanceOf } from './provenance.ts'

export type ReportActivities = Pick<CoreActivities, 'writeReport'>

/** Leaves `cycles/<n>/report.html`: a page that stands alone. Written again whenever the activity runs again. */
export function createReportActivities(dependencies: GalleryDependencies): ReportActivities {
  const { store } = dependencies
  return {
    async writeReport({ project, cycle, story }) {
      const key = storeKeys(project).cycleFile(cycle, 'report.html')
      await store.put(
        key,
        reportPage({ ...(await gather(dependencies, project, cycle)), story }),
        'text/html; charset=utf-8',
      )
      return { key }
    },
  }
}

async function gather(
  dependencies: GalleryDependencies,
  project: string,
  cycle: number,
): Promise<Omit<ReportData, 'story'>> {
  const { store } = dependencies
  const file = (name: string): string => storeKeys(project).cycleFile(cycle, name)
  const opened = await requireRecord(store, file('cycle.json'), CycleRecord)
  const evaluation = await readRecord(store, file('evaluation.json'), EvaluationRecord)
  const comparison = await readRecord(store, file('comparison.json'), ComparisonRecord)
  const reviews = await latestReviews(store, project)
  const history = await cycleHistory(store, project, cycle)
  const { counts, standIn, simulated, promptVersion } = await projectCounts(store, project)
  const drafts = comparison?.promptVersion ?? promptVersion
  return {
    project,
    cycle,
    mode: opened.mode,
    startedAt: opened.startedAt,
    simulated: comparison?.simulated ?? evaluation?.teacher?.simulated ?? simulated,
    standIn,
    evaluation,
    before: await evaluationBefore(store, project, cycle),
    gate: await readRecord(store, file('gate.json'), GateRecord),
    comparison,
    counts,
    spend: await projectSpend(store, project),
    prompt: drafts === null ? null : await promptInUse(store, project, drafts),
    history,
    gallery:
      comparison === null
        ? []
        : await disagreementTiles(dependencies, { project, cycle }, comparison, reviews),
    reviewed:
      evaluation === null
        ? []
        : await reviewedTiles(dependencies, project, evaluation, { reviews, promptVersion: drafts }),
    provenance: provenanceOf({ opened, evaluation, promptVersion: drafts }),
  }
}

async function promptInUse(
  store: ObjectStore,
  project: string,
  promptVersion: string,
): Promise<PromptInUse | null> {
  const record = await readRecord(store, storeKeys(project).promptVersion(promptVersion), PromptRecord)
  if (record === null) return null
  const { model, thinking, instruction = '', classes, described, samples = 1 } = record
  const named = described ?? classes.map((name) => ({ name, description: '' }))
  return { promptVersion, model, thinking, instruction, classes: named, samples }
}

/** The newest evaluation of an earlier cycle. */
async function evaluationBefore(
  store: ObjectStore,
  project: string,
  cycle: number,
): Promise<EvaluationRecord | null> {
  for (const earlier of (await cycleNumbers(store, project)).filter((number) => number < cycle).reverse()) {
    const record = await readRecord(
      store,
      storeKeys(project).cycleFile(earlier, 'evaluation.json'),
      EvaluationRecord,
    )
    if (record !== null) return record
  }
  return null
}
