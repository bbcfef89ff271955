import { confusionMatrix, type ConfusionCell } from './confusion.ts'
import { measureEffort, type Effort } from './effort.ts'
import { operatingThreshold } from './operating-threshold.ts'
import { precisionFigures, type PrecisionFigures } from './precision-figures.ts'
import type { ScoredImage } from './scored-images.ts'

export interface ScoringInput {
  /** The student on the images its threshold is chosen on. */
  readonly validation: readonly ScoredImage[]
  readonly student: readonly ScoredImage[]
  /** Those test images that the teacher answered; null: none. */
  readonly teacher: readonly ScoredImage[] | null
  readonly classes: readonly string[]
  readonly seed: string
}

export interface ModelScores {
  readonly threshold: number
  readonly student: Effort
  readonly teacher: Effort | null
  readonly studentAp: PrecisionFigures
  readonly confusion: { readonly student: ConfusionCell[]; readonly teacher: ConfusionCell[] | null }
}

/**
 * Student and teacher on the same reviewed images. Average precision is the student's alone: boxes without scores have none.
 * F1, edits and confusion hold the student above the threshold that is best on its validation images.
 */
export function scoreModels({ validation, student, teacher, classes, seed }: ScoringInput): ModelScores {
  const threshold = operatingThreshold(validation)
  const spoken = student.map((image) => ({
    ...image,
    predicted: image.predicted.filter(({ score }) => (score ?? 0) >= threshold),
  }))
  return {
    threshold,
    student: measureEffort(spoken, classes, seed),
    teacher: teacher === null ? null : measureEffort(teacher, classes, seed),
    studentAp: precisionFigures(student, classes, seed),
    confusion: {
      student: confusionMatrix(spoken),
      teacher: teacher === null ? null : confusionMatrix(teacher),
    },
  }
}
