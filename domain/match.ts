import type { LabelledBox } from './box.ts'
import { iou } from './iou.ts'

/** Boxes that overlap this much are taken for the same object. */
export const matchIou = 0.5
/** From here on the placement of a matched box is good enough to be left alone. */
export const goodIou = 0.75
/** Less overlap than this says nothing (foreground/background split of TIDE, Bolya 2020). */
const looseIou = 0.1

/** `same-class`: IoU >= 0.5. `any-class`: IoU >= 0.5, classes differ. `loose`: same class, 0.1 <= IoU < 0.5. */
export type MatchPass = 'same-class' | 'any-class' | 'loose'

export interface BoxPair {
  /** Index into the first list. */
  readonly a: number
  /** Index into the second list. */
  readonly b: number
  readonly iou: number
  readonly pass: MatchPass
}
export interface BoxMatching {
  readonly pairs: readonly BoxPair[]
  /** Indices into the first list that found no partner. */
  readonly onlyA: readonly number[]
  /** Indices into the second list that found no partner. */
  readonly onlyB: readonly number[]
}

/**
 * Pairs the boxes of two sources in three passes, each greedy by IoU, ties by index; a box is used once. Same class
 * first, so that a crowd does not invent swaps. The loose pass keeps to one class: neighbours of different classes
 * overlap a little wherever things touch, and pairing them would hide two real differences behind one.
 */
export function matchBoxes(
  a: readonly Pick<LabelledBox, 'class' | 'xyxy'>[],
  b: readonly Pick<LabelledBox, 'class' | 'xyxy'>[],
): BoxMatching {
  const candidates: { a: number; b: number; iou: number; sameClass: boolean }[] = []
  a.forEach((first, i) => {
    b.forEach((second, j) => {
      const overlap = iou(first.xyxy, second.xyxy)
      if (overlap >= looseIou) {
        candidates.push({ a: i, b: j, iou: overlap, sameClass: first.class === second.class })
      }
    })
  })
  candidates.sort((x, y) => y.iou - x.iou || x.a - y.a || x.b - y.b)

  const usedA = new Set<number>()
  const usedB = new Set<number>()
  const pairs: BoxPair[] = []
  for (const pass of passes) {
    for (const candidate of candidates) {
      if (usedA.has(candidate.a) || usedB.has(candidate.b) || !pass.takes(candidate)) continue
      usedA.add(candidate.a)
      usedB.add(candidate.b)
      pairs.push({ a: candidate.a, b: candidate.b, iou: candidate.iou, pass: pass.name })
    }
  }
  return {
    pairs,
    onlyA: [...a.keys()].filter((index) => !usedA.has(index)),
    onlyB: [...b.keys()].filter((index) => !usedB.has(index)),
  }
}

const passes: readonly {
  readonly name: MatchPass
  takes(candidate: { iou: number; sameClass: boolean }): boolean
}[] = [
  { name: 'same-class', takes: ({ iou, sameClass }) => sameClass && iou >= matchIou },
  { name: 'any-class', takes: ({ iou }) => iou >= matchIou },
  { name: 'loose', takes: ({ sameClass }) => sameClass },
]
