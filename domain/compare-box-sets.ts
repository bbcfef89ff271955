import type { LabelledBox } from './box.ts'
import { differencesBetween, type Disagreement } from './disagreement.ts'
import { matchBoxes } from './match.ts'
import { singleBoxes, withoutCrowds } from './metrics/crowd.ts'
import { editsBetween, measureEffort } from './metrics/effort.ts'
import type { Interval } from './metrics/scored-images.ts'

/** An image that both sources have answered; boxes in the same pixels. */
export interface ComparedPair {
  readonly image: string
  /** Images of one group are resampled together. */
  readonly group: string
  readonly a: readonly LabelledBox[]
  readonly b: readonly LabelledBox[]
}

/** As in domain/disagreement.ts, without a teacher and a student: `only-a` is what B misses or A invents. */
export const differenceKinds = [
  'only-a',
  'only-b',
  'class-swap',
  'localisation',
  'duplicate',
  'group',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]
export type DifferenceCounts = Readonly<Record<DifferenceKind, number>>

export interface Difference {
  readonly kind: DifferenceKind
  readonly a: LabelledBox | null
  readonly b: LabelledBox | null
}

export interface ClassComparison {
  readonly class: string
  /** Boxes of A and of B. */
  readonly a: number
  readonly b: number
  readonly agreements: number
  readonly f1: number
  /** A swap counts for A's class. */
  readonly kinds: DifferenceCounts
}

export interface ImageComparison {
  readonly image: string
  /** Boxes to add, delete, move or relabel to make one of the other. */
  readonly edits: number
  readonly differences: readonly Difference[]
}

export interface SetComparison {
  readonly images: number
  /** Pairs of one class with IoU >= 0.5: what F1 counts. Those below 0.75 are `localisation` besides. */
  readonly agreements: number
  readonly f1: Interval
  readonly editsPerImage: Interval
  readonly kinds: DifferenceCounts
  readonly classes: readonly ClassComparison[]
  /** Worst first. */
  readonly perImage: readonly ImageComparison[]
}

/**
 * How far two sources agree. F1 and edits are the same in both directions; scores are not looked at, so drop what a model
 * says too quietly first. Crowd regions are no boxes, and what lies in one is neither agreed on nor a difference.
 */
export function compareBoxSets(given: readonly ComparedPair[], seed: string): SetComparison {
  const pairs = given.map((pair) => ({ ...pair, ...withoutCrowds(pair.a, pair.b) }))
  const names = new Set(given.flatMap(({ a, b }) => singleBoxes([...a, ...b]).map((box) => box.class)))
  const classes = [...names].sort()
  const effort = measureEffort(
    pairs.map(({ group, a, b }) => ({ group, predicted: a, truth: b })),
    classes,
    seed,
  )
  const perImage = pairs.map(({ image, a, b }): ImageComparison => ({
    image,
    edits: editsBetween(a, b),
    differences: differencesBetween(a, b).flatMap(asDifference),
  }))
  const differences = perImage.flatMap(({ differences }) => differences)
  const agreed = pairs.flatMap(({ a, b }) => agreedClasses(a, b))
  const count = (side: 'a' | 'b', name: string): number =>
    given.reduce((sum, pair) => sum + singleBoxes(pair[side]).filter((box) => box.class === name).length, 0)
  return {
    images: pairs.length,
    agreements: agreed.length,
    f1: effort.f1,
    editsPerImage: effort.editsPerImage,
    kinds: countKinds(differences),
    classes: classes.map((name) => ({
      class: name,
      a: count('a', name),
      b: count('b', name),
      agreements: agreed.filter((one) => one === name).length,
      f1: effort.byClass[name]?.f1 ?? 1,
      kinds: countKinds(differences.filter(({ a, b }) => (a ?? b)?.class === name)),
    })),
    perImage: perImage.toSorted((x, y) => y.edits - x.edits || y.differences.length - x.differences.length),
  }
}

const agreedClasses = (a: readonly LabelledBox[], b: readonly LabelledBox[]): string[] =>
  matchBoxes(a, b).pairs.flatMap((pair) => (pair.pass === 'same-class' ? [a[pair.a]?.class ?? ''] : []))

function asDifference({ kind, teacher: a, student: b }: Disagreement): Difference[] {
  switch (kind) {
    case 'missed-by-student':
      return [{ kind: 'only-a', a, b }]
    case 'missed-by-teacher':
      return [{ kind: 'only-b', a, b }]
    case 'parse-fault':
      return []
    case 'class-swap':
    case 'localisation':
    case 'duplicate':
    case 'group':
      return [{ kind, a, b }]
  }
}

const countKinds = (differences: readonly Difference[]): DifferenceCounts => {
  const counts = { 'only-a': 0, 'only-b': 0, 'class-swap': 0, localisation: 0, duplicate: 0, group: 0 }
  for (const { kind } of differences) counts[kind] += 1
  return counts
}
