import type { LabelledBox } from '../box.ts'
import type { BatchKind } from '../contracts/disagreement-kinds.ts'
import { goodIou, matchBoxes } from '../match.ts'
import { withoutCrowds } from './crowd.ts'
import { measureEffort } from './effort.ts'
import type { Interval } from './scored-images.ts'

/** Whose box stood in a draft. */
export const draftSources = ['teacher', 'student', 'both', 'person'] as const
export type DraftSource = (typeof draftSources)[number]

/** From here on a box was left alone: the editor's percent moves untouched boxes by less. */
const sameIou = 0.98
/** Longer than this the task was left open, seconds. */
const longestSeconds = 300

/** A draft that a person was shown, and what became of it. */
export interface ReviewedDraft {
  /** Images of one group are resampled together. */
  readonly group: string
  /** Why the image was queued. */
  readonly stream: BatchKind
  readonly draft: readonly (LabelledBox & { readonly source: DraftSource })[]
  readonly review: readonly LabelledBox[]
  readonly reviewer: string
  readonly seconds: number | null
}

/** What became of drafted boxes. */
export interface BoxFates {
  readonly shown: number
  /** Left alone, or nudged (IoU 0.75 and more): no edits. */
  readonly kept: number
  readonly nudged: number
  readonly moved: number
  readonly relabelled: number
  readonly deleted: number
}

export interface EditRow extends BoxFates {
  readonly images: number
  /** Boxes that the draft lacked. */
  readonly added: number
  /** Added, deleted, moved or relabelled; a mean over images. */
  readonly editsPerImage: Interval
  /** Draft against review at IoU 0.5. Needs no scores. */
  readonly f1: Interval
  /** Median of the times people took; null when none is known. */
  readonly secondsPerImage: number | null
}

export interface EditFigures {
  readonly all: EditRow
  readonly byStream: readonly (EditRow & { readonly stream: BatchKind })[]
  readonly byReviewer: readonly (EditRow & { readonly reviewer: string })[]
  readonly bySource: readonly (BoxFates & { readonly source: DraftSource })[]
}

type Fate = Exclude<keyof BoxFates, 'shown'>

interface Edited {
  readonly fates: readonly { readonly source: DraftSource; readonly fate: Fate }[]
  readonly added: number
}

/** How one draft was changed: the same matching as everywhere, so an edit here is an edit there. */
function editsOn({ draft, review }: ReviewedDraft): Edited {
  const { a: predicted, b: truth } = withoutCrowds(draft, review)
  const { pairs, onlyA, onlyB } = matchBoxes(predicted, truth)
  const fateAt = (index: number, fate: Fate) => {
    const source = predicted[index]?.source
    return source === undefined ? [] : [{ source, fate }]
  }
  return {
    fates: [
      ...pairs.flatMap(({ a, pass, iou }) => fateAt(a, fateOf(pass === 'any-class', iou))),
      ...onlyA.flatMap((index) => fateAt(index, 'deleted')),
    ],
    added: onlyB.length,
  }
}

function fateOf(otherClass: boolean, iou: number): Fate {
  if (otherClass) return 'relabelled'
  if (iou < goodIou) return 'moved'
  return iou < sameIou ? 'nudged' : 'kept'
}

/**
 * How much people changed in the drafts they were shown, by why the image was queued, by whose box it was and by reviewer.
 * Queued images are chosen for their errors, so only the `audit` stream says how good drafts are; the rest says how the
 * work was. Boxes that were added are nobody's and stand in the rows of images only.
 */
export function editFigures(reviewed: readonly ReviewedDraft[], seed: string): EditFigures {
  const fates = reviewed.flatMap((one) => editsOn(one).fates)
  return {
    all: editRow(reviewed, seed),
    byStream: parts(reviewed, ({ stream }) => stream).map(([stream, ones]) => ({
      stream,
      ...editRow(ones, seed),
    })),
    byReviewer: parts(reviewed, ({ reviewer }) => reviewer).map(([reviewer, ones]) => ({
      reviewer,
      ...editRow(ones, seed),
    })),
    bySource: draftSources.flatMap((source) => {
      const row = countFates(fates.filter((one) => one.source === source))
      return row.shown === 0 ? [] : [{ source, ...row }]
    }),
  }
}

/** Boxes of the teacher's that people left as they were drafted, alone or with the student's agreement. */
export const unchangedOfTeacher = (reviewed: readonly ReviewedDraft[]): number =>
  reviewed
    .flatMap((one) => editsOn(one).fates)
    .filter(({ source, fate }) => fate === 'kept' && (source === 'teacher' || source === 'both')).length

/** The largest part first. */
function parts<Key>(
  reviewed: readonly ReviewedDraft[],
  keyOf: (one: ReviewedDraft) => Key,
): [Key, ReviewedDraft[]][] {
  const found = new Map<Key, ReviewedDraft[]>()
  for (const one of reviewed) {
    const part = found.get(keyOf(one)) ?? []
    found.set(keyOf(one), part)
    part.push(one)
  }
  return [...found].sort(([, a], [, b]) => b.length - a.length)
}

function editRow(reviewed: readonly ReviewedDraft[], seed: string): EditRow {
  const edited = reviewed.map(editsOn)
  const effort = measureEffort(
    reviewed.map(({ group, draft, review }) => ({ group, predicted: draft, truth: review })),
    [],
    seed,
  )
  return {
    images: reviewed.length,
    ...countFates(edited.flatMap(({ fates }) => fates)),
    added: edited.reduce((sum, { added }) => sum + added, 0),
    editsPerImage: effort.editsPerImage,
    f1: effort.f1,
    secondsPerImage: median(reviewed.flatMap(({ seconds }) => seconds ?? [])),
  }
}

function countFates(fates: readonly { readonly fate: Fate }[]): BoxFates {
  const count = (fate: Fate): number => fates.filter((one) => one.fate === fate).length
  return {
    shown: fates.length,
    kept: count('kept'),
    nudged: count('nudged'),
    moved: count('moved'),
    relabelled: count('relabelled'),
    deleted: count('deleted'),
  }
}

function median(seconds: readonly number[]): number | null {
  const sorted = seconds.filter((value) => value <= longestSeconds).sort((a, b) => a - b)
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2
}
