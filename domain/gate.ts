import type { Verdict } from './contracts/disagreement-kinds.ts'
import {
  comparedWords,
  lostWords,
  noBoxesWords,
  tooFewGroupsWords,
  tooFewImagesWords,
  type GateWords,
} from './gate-words.ts'
import { comparePaired, type PairedComparison, type PairedImage } from './metrics/paired-comparison.ts'
import type { Interval } from './metrics/scored-images.ts'
import type { ShapeKind } from './metrics/shapes.ts'

/** A class with fewer ground-truth boxes says too little by itself to stop a promotion. */
const minClassBoxes = 30
/** A class whose AP has certainly fallen by more than this stops a promotion. */
const classLoss = 0.05
/** Resampling fewer groups than this gives an interval that is far too narrow: one video judged by itself looks certain. */
export const minGroups = 5

export interface GateRules {
  readonly minImages: number
  /** Loss of mAP50-95 that still counts as "not worse". */
  readonly margin: number
  readonly seed: string
  /** Average precision of what decides: masks where the task is to segment. `box` when left out. */
  readonly kind?: ShapeKind
  /** True when a person took the challenger off the throne before: the gate does not put it back. */
  readonly takenBack?: boolean
}

export interface Judgement extends GateWords {
  readonly verdict: Verdict
  readonly promoted: boolean
  /** Challenger minus champion in mAP50-95. */
  readonly deltaMap: Interval | null
  /** Smallest true difference in mAP50-95 that is seen four times in five; null where nothing was compared. */
  readonly detectable: number | null
  readonly images: number
  readonly groups: number
}

type Compared = Pick<Judgement, 'images' | 'groups'>

/** The first valid model becomes champion without a comparison: there is nothing to lose. */
export const firstChampion = (on: Compared): Judgement => ({
  ...on,
  verdict: 'first',
  promoted: true,
  deltaMap: null,
  detectable: null,
  reason: 'the first valid model',
  words: `First valid model: champion without a comparison (${on.images} reviewed test images).`,
})

/** A champion that is trained again to the last bit has nothing to win. */
export const championItself = (on: Compared): Judgement => ({
  ...on,
  verdict: 'not-distinguishable',
  promoted: false,
  deltaMap: null,
  detectable: null,
  reason: 'it is the champion already',
  words: `The challenger is the champion itself (${on.images} reviewed test images).`,
})

/**
 * Challenger against champion by a paired bootstrap over groups (both on the same resamples). Promoted when the loss is
 * certainly below the margin, the point difference is not negative, and no class with 30 boxes has certainly lost 0.05.
 * Below `minImages`, with fewer than five groups or without a box the test cannot tell and the champion stays.
 */
export function judge(
  images: readonly PairedImage[],
  classes: readonly string[],
  rules: GateRules,
): Judgement {
  const on: Compared = { images: images.length, groups: new Set(images.map(({ group }) => group)).size }
  const undecided = untold(images, on, rules)
  if (undecided !== null)
    return {
      ...on,
      ...undecided,
      verdict: 'too-few-images',
      promoted: false,
      deltaMap: null,
      detectable: null,
    }
  const compared = comparePaired(images, classes, rules.seed, rules.kind)
  const { deltaMap, detectable } = compared
  const lost = lostClasses(compared)
  if (lost.length > 0)
    return {
      ...on,
      ...lostWords({ ...on, ...compared, lost, classLoss, kind: rules.kind }),
      verdict: 'worse',
      promoted: false,
      deltaMap,
      detectable,
    }
  const notWorse = deltaMap.low >= -rules.margin
  const promoted = notWorse && deltaMap.value >= 0 && rules.takenBack !== true
  const verdict = verdictOf(deltaMap, notWorse)
  return {
    ...on,
    ...comparedWords({ ...on, ...compared, verdict, promoted, rules }),
    verdict,
    promoted,
    deltaMap,
    detectable,
  }
}

function untold(images: readonly PairedImage[], on: Compared, { minImages }: GateRules): GateWords | null {
  if (on.images < minImages) return tooFewImagesWords(on.images, minImages)
  if (on.groups < minGroups) return tooFewGroupsWords(on, minGroups)
  const boxes = images.some(({ truth }) => truth.some(({ crowd }) => crowd !== true))
  return boxes ? null : noBoxesWords(on.images)
}

const lostClasses = ({ byClass }: PairedComparison): string[] =>
  byClass
    .filter(({ boxes, delta }) => boxes >= minClassBoxes && delta.high < -classLoss)
    .map(({ name }) => name)

/** What an interval of a difference says; `notWorse`: a loss that matters can be excluded. */
export function verdictOf(
  { low, high }: Interval,
  notWorse: boolean,
): 'worse' | 'better' | 'not-worse' | 'not-distinguishable' {
  if (high < 0) return 'worse'
  if (low > 0) return 'better'
  return notWorse ? 'not-worse' : 'not-distinguishable'
}
