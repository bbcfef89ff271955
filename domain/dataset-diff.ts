import type { LabelledBox } from './box.ts'
import { canonicalJson } from './canonical-json.ts'

/** What two dataset versions are compared by: a line of either. */
export interface VersionLine {
  readonly image: string
  readonly split: string
  readonly boxes: readonly Omit<LabelledBox, 'score'>[]
  readonly unreviewed?: boolean | undefined
}

export interface ClassChange {
  readonly class: string
  readonly before: number
  readonly after: number
}

type ChangeKind = 'added' | 'removed' | 'relabelled'

export interface DatasetDiff {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** In both, with other labels. */
  readonly relabelled: readonly string[]
  /** In both with the same labels, once as an unreviewed draft and once as a review. */
  readonly reviewed: readonly string[]
  readonly unchanged: number
  /** Added, removed and relabelled images by split: what changed in `test` is what figures are not comparable for. */
  readonly bySplit: Readonly<Record<string, Readonly<Record<ChangeKind, number>>>>
  /** Boxes of every class in either version. */
  readonly classes: readonly ClassChange[]
}

/** What became of a dataset version: images and labels of `before` against those of `after`. */
export function diffDatasets(before: readonly VersionLine[], after: readonly VersionLine[]): DatasetDiff {
  const old = new Map(before.map((line) => [line.image, line]))
  const images: Record<ChangeKind, string[]> = { added: [], removed: [], relabelled: [] }
  const reviewed: string[] = []
  const bySplit = new Map<string, Record<ChangeKind, number>>()
  const note = (kind: ChangeKind, { image, split }: VersionLine): void => {
    images[kind].push(image)
    const counts = bySplit.get(split) ?? { added: 0, removed: 0, relabelled: 0 }
    counts[kind] += 1
    bySplit.set(split, counts)
  }
  for (const line of after) {
    const earlier = old.get(line.image)
    old.delete(line.image)
    if (earlier === undefined) note('added', line)
    else if (labelsOf(earlier) !== labelsOf(line)) note('relabelled', line)
    else if (earlier.unreviewed !== line.unreviewed) reviewed.push(line.image)
  }
  for (const line of old.values()) note('removed', line)
  const changed = images.added.length + images.relabelled.length + reviewed.length
  return {
    ...images,
    reviewed,
    unchanged: after.length - changed,
    bySplit: Object.fromEntries(bySplit),
    classes: countClasses(before, after),
  }
}

const labelsOf = ({ boxes }: VersionLine): string =>
  boxes
    .map((box) => canonicalJson(box))
    .sort()
    .join(' ')

function countClasses(before: readonly VersionLine[], after: readonly VersionLine[]): ClassChange[] {
  const counts = new Map<string, { before: number; after: number }>()
  const count = (lines: readonly VersionLine[], side: 'before' | 'after'): void => {
    for (const { boxes } of lines) {
      for (const { class: name } of boxes) {
        const entry = counts.get(name) ?? { before: 0, after: 0 }
        entry[side] += 1
        counts.set(name, entry)
      }
    }
  }
  count(before, 'before')
  count(after, 'after')
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sides]) => ({ class: name, ...sides }))
}
