import type { CycleLine, Spend } from '../../domain/report/report-data.ts'
import type { EvaluationRecord } from '../../domain/schemas/records/cycle.ts'
import type { Project } from '../project.ts'

/** What the demo has to show at its end. */
export interface DemoSummary {
  readonly seconds: number
  readonly simulatedTeacher: boolean
  readonly cycles: readonly CycleLine[]
  readonly first: EvaluationRecord | null
  readonly last: EvaluationRecord | null
  readonly disagreements: Readonly<Record<string, number | undefined>>
  readonly counts: readonly (readonly [label: string, count: number])[]
  readonly spend: Spend
  readonly links: {
    readonly temporal: string | null
    readonly labelStudio: string | null
    readonly report: string
  }
}

/** Reads the figures of all cycles back from the store; saves the last report beside the project. */
export async function demoSummary(
  project: Project,
  facts: {
    readonly uiUrl: string | null
    readonly seconds: number
    readonly real: boolean
    readonly reportFile: string
  },
): Promise<DemoSummary> {
  const { composeDemoFigures } = await import('../../activities/compose-demo.ts')
  const figures = await composeDemoFigures(project.settings, project.name)
  const { writeFile } = await import('node:fs/promises')
  await writeFile(facts.reportFile, figures.report)
  return {
    seconds: facts.seconds,
    simulatedTeacher: !facts.real,
    cycles: figures.history,
    first: figures.evaluations.at(0) ?? null,
    last: figures.evaluations.at(-1) ?? null,
    disagreements: figures.disagreements,
    counts: figures.counts,
    spend: figures.spend,
    links: { temporal: facts.uiUrl, labelStudio: figures.boardUrl, report: facts.reportFile },
  }
}
