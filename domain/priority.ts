import type { ImageSize, LabelledBox } from './box.ts'
import type { Disagreement } from './disagreement.ts'
import { expectedReviewSeconds } from './review-seconds.ts'
import { sizeBinOf, type SizeBin } from './size-bin.ts'
import type { TeacherPrecision } from './teacher-precision.ts'

/** What the ranking knows beyond the image at hand. */
export interface PriorityContext {
  readonly precision: TeacherPrecision
  /** Share of the teacher's boxes of a size that the student confirms, 0 to 1. */
  readonly agreement: Readonly<Record<SizeBin, number>>
  /** Share of each class among the teacher's boxes, 0 to 1; a class that is not there counts as 0. */
  readonly classShare: ReadonlyMap<string, number>
}

export interface ImagePriority {
  /** Expected number of label errors in the teacher's draft: the sum of `weights`. */
  readonly expectedErrors: number
  /** The same per second of review time: the ranking. */
  readonly perSecond: number
  /** Each difference's part, in their order. */
  readonly weights: readonly number[]
}

/** How many label errors an image probably has, and how many a second of review would mend. */
export function priorityOf(
  differences: readonly Disagreement[],
  teacherBoxes: number,
  size: ImageSize,
  context: PriorityContext,
): ImagePriority {
  const weights = differences.map((difference) => {
    const classes = [difference.teacher?.class, difference.student?.class].filter(
      (name) => name !== undefined,
    )
    const effort = Math.max(1, ...classes.map((name) => classWeight(name, context)))
    return expectedErrorsOf(difference, size, context) * effort
  })
  const expectedErrors = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    expectedErrors,
    perSecond: expectedErrors / expectedReviewSeconds(teacherBoxes, expectedErrors),
    weights,
  }
}

/**
 * Expected label errors of one difference, before the class weight: student-only box p; teacher-only box 1 - q; swap 0.8 p;
 * localisation 0.5 p clip((0.75 - IoU) / 0.35, 0, 1); duplicate and group 0.7; damaged reply 2. p is the student's score.
 */
function expectedErrorsOf(difference: Disagreement, size: ImageSize, context: PriorityContext): number {
  const score = difference.student?.score ?? 0
  switch (difference.kind) {
    case 'missed-by-teacher':
      return score
    case 'missed-by-student':
      return difference.teacher ? 1 - credibility(difference.teacher, size, context) : 0
    case 'class-swap':
      return 0.8 * score
    case 'localisation':
      return 0.5 * score * Math.min(1, Math.max(0, (0.75 - (difference.iou ?? 0)) / 0.35))
    case 'duplicate':
    case 'group':
      return 0.7
    case 'parse-fault':
      return 2
  }
}

/** Chance that the student overlooks a box that is not there: nearly always, so silence on a false box is no news. */
const silenceOnFalse = 0.95

/**
 * q: chance that a teacher's box which the student does not confirm is real all the same. With precision pi and
 * agreement rate r of its size, q = pi (1 - r) / (pi (1 - r) + (1 - pi) 0.95), so that small things, which the student
 * misses anyway, do not shout.
 */
function credibility(box: LabelledBox, size: ImageSize, { precision, agreement }: PriorityContext): number {
  const bin = sizeBinOf(box.xyxy, size)
  const believed = precision.of(box.class, bin)
  const realAndMissed = believed * (1 - agreement[bin])
  const total = realAndMissed + (1 - believed) * silenceOnFalse
  return total > 0 ? realAndMissed / total : 1
}

/** (1 + 0.5 exp(-10 share)) (1 + (1 - precision)), at most 2: effort goes to rare and unreliable classes. */
function classWeight(className: string, { classShare, precision }: PriorityContext): number {
  const rare = 1 + 0.5 * Math.exp(-10 * (classShare.get(className) ?? 0))
  return Math.min(2, rare * (2 - precision.ofClass(className)))
}
