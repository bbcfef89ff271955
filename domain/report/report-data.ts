import type { LabelledBox } from '../box.ts'
import type { CycleMode, CyclePhase } from '../contracts/phases.ts'
import type { ComparisonRecord, EvaluationRecord } from '../schemas/records/cycle.ts'
import type { GateRecord } from '../schemas/records/judgement.ts'

/** One past or present cycle in a line. */
export interface CycleLine {
  readonly cycle: number
  readonly mode: CycleMode
  readonly studentF1: number | null
  readonly teacherF1: number | null
  readonly map50: number | null
  readonly map: number | null
  /** mAP50-95 of masks; null where the task is to detect. */
  readonly maskMap: number | null
  readonly verdict: string | null
  readonly disagreementRate: number | null
}

/** A picture of the gallery: boxes in pixels of the displayed image, drawn over a small copy of it. */
export interface GalleryTile {
  readonly image: string
  readonly width: number
  readonly height: number
  /** `data:` URI of the small copy: the page stands alone. */
  readonly picture: string
  readonly reason: string
  readonly teacher: readonly LabelledBox[]
  readonly student: readonly LabelledBox[]
  /** Null: nobody has reviewed it. */
  readonly person: readonly LabelledBox[] | null
}

/** Money for the teacher. Simulated spend is made up: nobody is billed for it. */
export interface Spend {
  readonly usd: number
  readonly simulatedUsd: number
  readonly calls: number
  readonly tokens: number
}

/** What the teacher is asked, for people. */
export interface PromptInUse {
  readonly promptVersion: string
  readonly model: string
  readonly thinking: string
  readonly instruction: string
  readonly classes: readonly { readonly name: string; readonly description: string }[]
  readonly samples: number
}

export interface ReportData {
  readonly project: string
  readonly cycle: number
  readonly mode: CycleMode
  readonly startedAt: string
  readonly simulated: boolean
  /** True when reviews were submitted by the demo's stand-in. */
  readonly standIn: boolean
  readonly evaluation: EvaluationRecord | null
  /** The champion's evaluation before this cycle, on its own held-out images of then. */
  readonly before: EvaluationRecord | null
  readonly gate: GateRecord | null
  readonly comparison: ComparisonRecord | null
  /** What each phase had to say, in order. */
  readonly story: readonly { readonly phase: CyclePhase; readonly note: string }[]
  readonly counts: readonly (readonly [label: string, count: number])[]
  readonly spend: Spend
  /** Null before the first draft. */
  readonly prompt: PromptInUse | null
  readonly history: readonly CycleLine[]
  /** Worst disagreements on images nobody has reviewed before the comparison. */
  readonly gallery: readonly GalleryTile[]
  /** Reviewed test images with the student's worst mistakes. */
  readonly reviewed: readonly GalleryTile[]
  readonly provenance: readonly (readonly [label: string, value: string])[]
}
