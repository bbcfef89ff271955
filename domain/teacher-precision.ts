import type { ImageSize, LabelledBox } from './box.ts'
import { matchBoxes } from './match.ts'
import { withoutCrowds } from './metrics/crowd.ts'
import { sizeBinOf, type SizeBin } from './size-bin.ts'

/** Strength of the prior in boxes: pulls rare classes to the overall figure. */
const priorBoxes = 10
/** Belief before anything is reviewed. */
const initialPrecision = 0.9

export interface CheckedDraft {
  readonly size: ImageSize
  /** The teacher's boxes. */
  readonly draft: readonly LabelledBox[]
  /** What a person accepted for the same image. */
  readonly truth: readonly LabelledBox[]
}

export interface TeacherPrecision {
  /** Chance that a box of this class and size is right. */
  of(className: string, bin: SizeBin): number
  ofClass(className: string): number
}

interface Tally {
  right: number
  wrong: number
}

/** Posterior mean of Beta(m p + right, m (1 - p) + wrong) with m = 10 and p the wider group's figure. */
function shrink({ right, wrong }: Tally, towards: number): number {
  return (priorBoxes * towards + right) / (priorBoxes + right + wrong)
}

/**
 * How far the teacher's boxes can be believed, by class and size, from reviewed drafts. Only images that were drawn
 * uniformly (audit, held-out) may be given: those chosen for their errors would make the teacher look worse than it is.
 */
export function teacherPrecision(checked: readonly CheckedDraft[]): TeacherPrecision {
  const tallies = new Map<string, Tally>()
  const tally = (key: string): Tally => {
    const known = tallies.get(key) ?? { right: 0, wrong: 0 }
    tallies.set(key, known)
    return known
  }
  for (const { size, ...given } of checked) {
    const { a: draft, b: truth } = withoutCrowds(given.draft, given.truth)
    const right = new Set(
      matchBoxes(draft, truth)
        .pairs.filter(({ pass }) => pass === 'same-class')
        .map(({ a }) => a),
    )
    draft.forEach((box, index) => {
      for (const key of [overallKey, classKey(box.class), binKey(box.class, sizeBinOf(box.xyxy, size))]) {
        tally(key)[right.has(index) ? 'right' : 'wrong'] += 1
      }
    })
  }
  const overall = shrink(tally(overallKey), initialPrecision)
  const ofClass = (className: string): number => shrink(tally(classKey(className)), overall)
  return {
    ofClass,
    of: (className, bin) => shrink(tally(binKey(className, bin)), ofClass(className)),
  }
}

/** Keys of the three levels, so that no class name can be taken for another level. */
const overallKey = 'all'
const classKey = (className: string): string => `class ${className}`
const binKey = (className: string, bin: SizeBin): string => `${bin} ${className}`
