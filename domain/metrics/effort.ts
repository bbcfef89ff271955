import { goodIou, matchBoxes, type BoxMatching } from '../match.ts'
import { percentileInterval, resampleByGroup } from './bootstrap.ts'
import { withoutCrowds } from './crowd.ts'
import type { Interval, ScoredImage } from './scored-images.ts'

/** What it takes to turn predictions into the truth, and how many were right at IoU 0.5. Needs no scores. */
export interface Effort {
  readonly f1: Interval
  readonly precision: number
  readonly recall: number
  /** Boxes to add, delete, move (IoU below 0.75) or relabel, a mean over images. */
  readonly editsPerImage: Interval
  readonly byClass: Readonly<
    Record<
      string,
      {
        readonly f1: number
        readonly precision: number
        readonly recall: number
        readonly boxes: number
        readonly right: number
        /** Predicted but not so: of another class, misplaced or invented. */
        readonly wrong: number
        readonly missed: number
      }
    >
  >
}

/** Boxes of an image or of many; `right`: matched by class at IoU 0.5. */
export interface Counts {
  readonly predicted: number
  readonly truth: number
  readonly right: number
}

export const none: Counts = { predicted: 0, truth: 0, right: 0 }

export const plus = (a: Counts, b: Counts, weight = 1): Counts => ({
  predicted: a.predicted + weight * b.predicted,
  truth: a.truth + weight * b.truth,
  right: a.right + weight * b.right,
})

/** F1 = 2TP / (2TP + FP + FN). Nothing predicted and nothing there is a perfect answer. */
export const f1Of = ({ predicted, truth, right }: Counts): number =>
  predicted + truth === 0 ? 1 : (2 * right) / (predicted + truth)

/** Of what was predicted, the part that was right. Nothing predicted is perfect only where nothing was to be found. */
const precisionOf = ({ predicted, truth, right }: Counts): number =>
  predicted === 0 ? Number(truth === 0) : right / predicted

const recallOf = ({ truth, right }: Counts): number => (truth === 0 ? 1 : right / truth)

export interface ImageEffort {
  readonly all: Counts
  readonly byClass: ReadonlyMap<string, Counts>
  readonly edits: number
}

/** Boxes that a person would have to delete, add, relabel or move (IoU below 0.75). */
const editsOf = ({ pairs, onlyA, onlyB }: BoxMatching): number =>
  onlyA.length + onlyB.length + pairs.filter(({ pass, iou }) => pass !== 'same-class' || iou < goodIou).length

/** {@link editsOf} for the boxes of one image; crowd regions ask for none. */
export function editsBetween(predicted: ScoredImage['predicted'], truth: ScoredImage['truth']): number {
  const { a, b } = withoutCrowds(predicted, truth)
  return editsOf(matchBoxes(a, b))
}

/** What the predictions of one image come to; crowd regions are left out. */
export function imageEffort(image: ScoredImage, classes: readonly string[]): ImageEffort {
  const { a: predicted, b: truth } = withoutCrowds(image.predicted, image.truth)
  const matching = matchBoxes(predicted, truth)
  const right = matching.pairs.filter(({ pass }) => pass === 'same-class')
  const byClass = new Map<string, Counts>(
    classes.map((name) => [
      name,
      {
        predicted: predicted.filter((box) => box.class === name).length,
        truth: truth.filter((box) => box.class === name).length,
        right: right.filter(({ b }) => truth[b]?.class === name).length,
      },
    ]),
  )
  return {
    all: { predicted: predicted.length, truth: truth.length, right: right.length },
    byClass,
    edits: editsOf(matching),
  }
}

/**
 * F1 at IoU 0.5 and edits an image, with intervals resampled by group. Scores are not looked at: drop a student's boxes
 * below its operating threshold first. Crowd regions are neither to be found nor wrong to be found.
 */
export function measureEffort(
  images: readonly ScoredImage[],
  classes: readonly string[],
  seed: string,
): Effort {
  const efforts = images.map((image) => imageEffort(image, classes))
  const all = efforts.reduce((sum, { all: counts }) => plus(sum, counts), none)
  const edits = efforts.reduce((sum, effort) => sum + effort.edits, 0) / Math.max(1, images.length)
  const f1Samples: number[] = []
  const editSamples: number[] = []
  for (const weights of resampleByGroup(
    images.map(({ group }) => group),
    seed,
  )) {
    let counts = none
    let editSum = 0
    let drawn = 0
    efforts.forEach((effort, image) => {
      const weight = weights[image] ?? 0
      if (weight === 0) return
      counts = plus(counts, effort.all, weight)
      editSum += weight * effort.edits
      drawn += weight
    })
    f1Samples.push(f1Of(counts))
    editSamples.push(editSum / drawn)
  }
  return {
    f1: percentileInterval(f1Of(all), f1Samples),
    precision: precisionOf(all),
    recall: recallOf(all),
    editsPerImage: percentileInterval(edits, editSamples),
    byClass: Object.fromEntries(classes.map((name) => [name, classFigures(efforts, name)])),
  }
}

function classFigures(efforts: readonly ImageEffort[], name: string) {
  const counts = efforts.reduce((sum, { byClass }) => plus(sum, byClass.get(name) ?? none), none)
  const { predicted, truth, right } = counts
  return {
    f1: f1Of(counts),
    precision: precisionOf(counts),
    recall: recallOf(counts),
    boxes: truth,
    right,
    wrong: predicted - right,
    missed: truth - right,
  }
}
