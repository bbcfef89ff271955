import { storeKeys } from '../../domain/contracts/store-keys.ts'
import type { CycleLine } from '../../domain/report/report-data.ts'
import { ComparisonRecord, CycleRecord, EvaluationRecord } from '../../domain/schemas/records/cycle.ts'
import { GateRecord } from '../../domain/schemas/records/judgement.ts'
import { cycleNumbers } from '../cycles.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readRecord, requireRecord } from '../store/records.ts'

/** Figures of every cycle up to `last`, a line each, oldest first. */
export async function cycleHistory(store: ObjectStore, project: string, last: number): Promise<CycleLine[]> {
  const lines: CycleLine[] = []
  for (const cycle of await cycleNumbers(store, project)) {
    if (cycle > last) break
    const file = (name: string): string => storeKeys(project).cycleFile(cycle, name)
    const { mode } = await requireRecord(store, file('cycle.json'), CycleRecord)
    const evaluation = await readRecord(store, file('evaluation.json'), EvaluationRecord)
    const gate = await readRecord(store, file('gate.json'), GateRecord)
    const comparison = await readRecord(store, file('comparison.json'), ComparisonRecord)
    lines.push({
      cycle,
      mode,
      studentF1: evaluation?.student.f1.value ?? null,
      teacherF1: evaluation?.teacher?.f1.value ?? null,
      map50: evaluation?.studentAp.map50.value ?? null,
      map: evaluation?.studentAp.map.value ?? null,
      maskMap: evaluation?.studentMaskAp?.map.value ?? null,
      verdict: gate?.verdict ?? null,
      disagreementRate: comparison?.rate ?? null,
    })
  }
  return lines
}
