import type { Task } from '../contracts/tasks.ts'
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
  /** `segment`: the student's masks are scored too, and its images have sizes. */
  readonly task: Task
  readonly seed: string
}

export interface ModelScores {
  readonly threshold: number
  readonly student: Effort
  readonly teacher: Effort | null
  readonly studentAp: PrecisionFigures
  /** Null for students that draw no outlines. */
  readonly studentMaskAp: PrecisionFigures | null
  readonly confusion: { readonly student: ConfusionCell[]; readonly teacher: ConfusionCell[] | null }
}

/**
 * Student and teacher on the same reviewed images. Average precision is the student's alone: boxes without scores have none.
 * A student that draws outlines has it twice, of boxes and of masks. F1, edits and confusion are those of boxes, and hold the
 * student above the threshold that is best on its validation images.
 */
export function scoreModels({
  validation,
  student,
  teacher,
  classes,
  task,
  seed,
}: ScoringInput): ModelScores {
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
    studentMaskAp: task === 'segment' ? precisionFigures(student, classes, seed, 'mask') : null,
    confusion: {
      student: confusionMatrix(spoken),
      teacher: teacher === null ? null : confusionMatrix(teacher),
    },
  }
}
