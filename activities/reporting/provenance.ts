import type { CycleRecord, EvaluationRecord } from '../../domain/schemas/records/cycle.ts'

/** What the figures rest on: enough to find every object again. */
export function provenanceOf({
  opened,
  evaluation,
  promptVersion,
}: {
  readonly opened: CycleRecord
  readonly evaluation: EvaluationRecord | null
  readonly promptVersion: string | null
}): (readonly [label: string, value: string])[] {
  const rows: (readonly [string, string | null])[] = [
    ['config', opened.configHash],
    ['prompt version', promptVersion],
    ['model', evaluation?.model ?? null],
    ['held-out manifest', evaluation?.manifest ?? null],
    ['Temporal run', opened.runId],
  ]
  return rows.flatMap(([label, value]) => (value === null ? [] : [[label, value] as const]))
}
