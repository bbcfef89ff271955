import type { Verdict } from './contracts/disagreement-kinds.ts'
import type { PairedComparison } from './metrics/paired-comparison.ts'
import type { Interval } from './metrics/scored-images.ts'
import type { ShapeKind } from './metrics/shapes.ts'

/** Comparisons on one test set after which its figures flatter whoever was chosen by them. */
export const refreshAfter = 20

export interface GateWords {
  /** Why it was promoted or not, in one short clause. */
  readonly reason: string
  /** The whole verdict, with interval, size and power. */
  readonly words: string
}

interface Sized {
  readonly images: number
  readonly groups: number
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`

/** What was judged by: `mask mAP50-95` where the task is to segment. */
const figureOf = (kind: ShapeKind | undefined): string => (kind === 'mask' ? 'mask mAP50-95' : 'mAP50-95')

const range = ({ value, low, high }: Interval, kind: ShapeKind | undefined): string =>
  `${figureOf(kind)} ${signed(value)} [${signed(low)}, ${signed(high)}]`

const stays = 'The champion stays.'

export const tooFewImagesWords = (images: number, minImages: number): GateWords => ({
  reason: `${minImages - images} more reviewed test images are needed`,
  words: `${images} reviewed test images: ${minImages - images} more are needed for a judgement (gate.minImages ${minImages}). ${stays}`,
})

export const tooFewGroupsWords = ({ images, groups }: Sized, minGroups: number): GateWords => ({
  reason: `the test images come from only ${groups} groups`,
  words: `The ${images} reviewed test images come from ${groups} groups (folders, videos, near-duplicates): at least ${minGroups} are needed to tell chance from a difference. ${stays}`,
})

export const noBoxesWords = (images: number): GateWords => ({
  reason: 'no reviewed test image holds a box',
  words: `None of the ${images} reviewed test images holds a box: there is nothing to judge by. ${stays}`,
})

export function lostWords(
  found: PairedComparison &
    Sized & {
      readonly lost: readonly string[]
      readonly classLoss: number
      readonly kind?: ShapeKind | undefined
    },
): GateWords {
  const names = found.lost.join(', ')
  const which = found.lost.length === 1 ? `Class ${names} has` : `Classes ${names} have`
  const reason = `${which} certainly lost more than ${found.classLoss} in ${found.kind === 'mask' ? 'mask ' : ''}AP50-95`
  return {
    reason: reason.charAt(0).toLowerCase() + reason.slice(1),
    words: `Worse: ${reason} (all classes: ${range(found.deltaMap, found.kind)} on ${sizeOf(found)}). ${stays} ${powerOf(found)}`,
  }
}

const sentences: Partial<Record<Verdict, string>> = {
  better: 'Better',
  'not-worse': 'Not worse',
  'not-distinguishable': 'Not distinguishable',
  worse: 'Worse',
}

export function comparedWords(
  found: PairedComparison &
    Sized & {
      readonly verdict: Verdict
      readonly promoted: boolean
      readonly rules: { readonly margin: number; readonly takenBack?: boolean; readonly kind?: ShapeKind }
    },
): GateWords {
  const { verdict, promoted, deltaMap, rules } = found
  const reason = reasonOf(found)
  const end = promoted ? 'Promoted.' : `${stays.slice(0, -1)}: ${reason}.`
  return {
    reason,
    words: `${sentences[verdict] ?? verdict}: ${range(deltaMap, rules.kind)} on ${sizeOf(found)}. ${end} ${powerOf(found)} A loss of up to ${rules.margin} counts as none.`,
  }
}

function reasonOf({ verdict, promoted, deltaMap, rules }: Parameters<typeof comparedWords>[0]): string {
  const figure = figureOf(rules.kind)
  if (verdict === 'worse') return `it is certainly worse by ${figure} ${signed(deltaMap.value)}`
  if (rules.takenBack === true)
    return 'a person took it back before, and only `understudy model promote` brings it back'
  if (verdict === 'better') return `it is certainly better by ${figure} ${signed(deltaMap.value)}`
  if (promoted) return `a loss of more than ${rules.margin} can be excluded, and it is not behind`
  if (deltaMap.low < -rules.margin)
    return `a loss of up to ${(-deltaMap.low).toFixed(3)} ${figure} cannot be excluded (gate.margin ${rules.margin})`
  return `it is ${signed(deltaMap.value)} ${figure} behind`
}

const sizeOf = ({ images, groups }: Sized): string =>
  groups === images ? `${images} test images` : `${images} test images in ${groups} groups`

const powerOf = ({ deltaMap, detectable }: PairedComparison): string =>
  detectable === 0 && deltaMap.value === 0
    ? 'Both find the same.'
    : `A test set of this size shows a true difference of ${detectable.toFixed(3)} or more four times in five; smaller ones it can miss.`

/** Added to the verdict once a test set has been chosen by too often; '' before. */
export const refreshAdvice = (comparisons: number): string =>
  comparisons < refreshAfter
    ? ''
    : ` Judgement ${comparisons} on this test set: models get fitted to images that decide this often. Refresh it: ingest fresh images and review those that fall into the test split.`
