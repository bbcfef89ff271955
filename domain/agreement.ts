import type { ImageSize, LabelledBox } from './box.ts'
import { matchBoxes } from './match.ts'
import { withoutCrowds } from './metrics/crowd.ts'
import { sizeBinOf, type SizeBin } from './size-bin.ts'
import { comparableBoxes } from './student-boxes.ts'

/** Boxes that the overall rate counts for in each size, so that three boxes do not decide it. */
const priorBoxes = 10
/** Rate before anything is compared. */
const initialRate = 0.5

export interface ComparedBoxes {
  readonly size: ImageSize
  readonly teacher: readonly LabelledBox[]
  readonly student: readonly LabelledBox[]
}

/**
 * Share of the teacher's boxes of each size that the student confirms (same class, IoU >= 0.5, score from 0.10), 0 to 1,
 * shrunk to the share of all sizes. Small things are missed more often, and their silence says less.
 */
export function agreementBySize(images: readonly ComparedBoxes[]): Record<SizeBin, number> {
  const bins = { small: { seen: 0, of: 0 }, medium: { seen: 0, of: 0 }, large: { seen: 0, of: 0 } }
  for (const { size, ...said } of images) {
    const { a: teacher, b: student } = withoutCrowds(said.teacher, comparableBoxes(said.student))
    const { pairs } = matchBoxes(teacher, student)
    const confirmed = new Set(pairs.filter(({ pass }) => pass === 'same-class').map(({ a }) => a))
    teacher.forEach(({ xyxy }, index) => {
      const bin = bins[sizeBinOf(xyxy, size)]
      bin.of += 1
      if (confirmed.has(index)) bin.seen += 1
    })
  }
  const { small, medium, large } = bins
  const overall = shrink(
    { seen: small.seen + medium.seen + large.seen, of: small.of + medium.of + large.of },
    initialRate,
  )
  return { small: shrink(small, overall), medium: shrink(medium, overall), large: shrink(large, overall) }
}

const shrink = ({ seen, of }: { seen: number; of: number }, towards: number): number =>
  (priorBoxes * towards + seen) / (priorBoxes + of)

/** Share of each class among all of the teacher's boxes, 0 to 1. */
export function classShares(images: readonly Pick<ComparedBoxes, 'teacher'>[]): Map<string, number> {
  const counts = new Map<string, number>()
  let all = 0
  for (const { teacher } of images) {
    all += teacher.length
    for (const box of teacher) counts.set(box.class, (counts.get(box.class) ?? 0) + 1)
  }
  return new Map([...counts].map(([name, count]) => [name, count / all]))
}
