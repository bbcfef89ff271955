import type { ClassComparison, DifferenceCounts } from '../../domain/compare-box-sets.ts'
import type { Interval } from '../../domain/metrics/scored-images.ts'

/** What `compare --json` prints. */
export interface CompareResult {
  readonly a: { readonly name: string; readonly boxes: number }
  readonly b: { readonly name: string; readonly boxes: number }
  /** Images that both have answered. */
  readonly images: number
  readonly onlyInA: number
  readonly onlyInB: number
  readonly ambiguous: number
  readonly agreements: number
  readonly f1: Interval
  readonly editsPerImage: Interval
  readonly kinds: DifferenceCounts
  readonly classes: readonly ClassComparison[]
  readonly worst: readonly { readonly image: string; readonly edits: number; readonly saved: string | null }[]
}
