import type { Verdict } from './contracts/disagreement-kinds.ts'
import { percentileInterval, resampleByGroup } from './metrics/bootstrap.ts'
import { matchClasses, weightedAveragePrecision } from './metrics/average-precision.ts'
import type { Interval, ScoredImage } from './metrics/scored-images.ts'

/** A class with fewer ground-truth boxes says too little by itself to stop a promotion. */
const minClassBoxes = 30
/** A class whose AP has certainly fallen by more than this stops a promotion. */
const classLoss = 0.05

/** One held-out image as both models saw it. */
export interface PairedImage extends Omit<ScoredImage, 'predicted'> {
  readonly challenger: ScoredImage['predicted']
  readonly champion: ScoredImage['predicted']
}

export interface GateRules {
  readonly minImages: number
  /** Loss of mAP50-95 that still counts as "not worse". */
  readonly margin: number
  readonly seed: string
}

export interface Judgement {
  readonly verdict: Verdict
  readonly promoted: boolean
  /** Challenger minus champion in mAP50-95. */
  readonly deltaMap: Interval | null
  readonly words: string
}

/** The first valid model becomes champion without a comparison: there is nothing to lose. */
export const firstChampion = (images: number): Judgement => ({
  verdict: 'first',
  promoted: true,
  deltaMap: null,
  words: `First valid model: champion without a comparison (${images} reviewed test images).`,
})

/**
 * Challenger against champion by a paired bootstrap over groups (both on the same resamples). Promoted when the loss is
 * certainly below the margin, the point difference is not negative, and no class with 30 boxes has certainly lost 0.05.
 * Below `minImages` the test cannot tell and the champion stays.
 */
export function judge(
  images: readonly PairedImage[],
  classes: readonly string[],
  rules: GateRules,
): Judgement {
  const missing = rules.minImages - images.length
  if (missing > 0) {
    return {
      verdict: 'too-few-images',
      promoted: false,
      deltaMap: null,
      words: `${images.length} reviewed test images: ${missing} more are needed for a judgement (gate.minImages ${rules.minImages}). The champion stays.`,
    }
  }
  const { deltaMap, classDeltas } = compare(images, classes, rules.seed)
  const lost = Object.entries(classDeltas).find(([, delta]) => delta.high < -classLoss)
  const notWorse = deltaMap.low >= -rules.margin
  const promoted = notWorse && deltaMap.value >= 0 && lost === undefined
  const verdict = verdictOf(deltaMap, notWorse && lost === undefined)
  return {
    verdict,
    promoted,
    deltaMap,
    words: inWords({ deltaMap, promoted, verdict, lost: lost?.[0], images: images.length, rules }),
  }
}

function verdictOf({ low, high }: Interval, notWorse: boolean): Verdict {
  if (high < 0) return 'worse'
  if (low > 0 && notWorse) return 'better'
  return notWorse ? 'not-worse' : 'not-distinguishable'
}

function compare(
  images: readonly PairedImage[],
  classes: readonly string[],
  seed: string,
): { deltaMap: Interval; classDeltas: Record<string, Interval> } {
  const side = (name: 'challenger' | 'champion') =>
    matchClasses(
      images.map((image) => ({ group: image.group, truth: image.truth, predicted: image[name] })),
      classes,
    )
  const challenger = side('challenger')
  const champion = side('champion')
  const deltaUnder = (weights: Int32Array) => {
    const ours = weightedAveragePrecision(challenger, weights)
    const theirs = weightedAveragePrecision(champion, weights)
    const byClass = Object.entries(ours.byClass).map(([name, { ap, boxes }]) => ({
      name,
      boxes,
      delta: ap - (theirs.byClass[name]?.ap ?? 0),
    }))
    return { map: ours.map - theirs.map, byClass }
  }
  const plain = deltaUnder(new Int32Array(images.length).fill(1))
  const samples = [
    ...resampleByGroup(
      images.map(({ group }) => group),
      seed,
    ),
  ].map(deltaUnder)
  const judged = plain.byClass.filter(({ boxes }) => boxes >= minClassBoxes)
  return {
    deltaMap: percentileInterval(
      plain.map,
      samples.map(({ map }) => map),
    ),
    classDeltas: Object.fromEntries(
      judged.map(({ name, delta }) => {
        const drawn = samples.flatMap(({ byClass }) =>
          byClass.filter((row) => row.name === name).map((row) => row.delta),
        )
        return [name, percentileInterval(delta, drawn)]
      }),
    ),
  }
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`

const sentences: Partial<Record<Verdict, string>> = {
  better: 'Better',
  'not-worse': 'Not worse',
  'not-distinguishable': 'Not distinguishable',
  worse: 'Worse',
}

function inWords(found: {
  readonly deltaMap: Interval
  readonly promoted: boolean
  readonly verdict: Verdict
  readonly lost: string | undefined
  readonly images: number
  readonly rules: GateRules
}): string {
  const { deltaMap, promoted, verdict, lost, images, rules } = found
  const range = `mAP50-95 ${signed(deltaMap.value)} [${signed(deltaMap.low)}, ${signed(deltaMap.high)}] on ${images} test images`
  const because = lost === undefined ? '' : ` Class ${lost} has certainly lost more than ${classLoss}.`
  const power = `At this size differences below about ${((deltaMap.high - deltaMap.low) / 2).toFixed(3)} cannot be told from chance; a loss of up to ${rules.margin} counts as none.`
  return `${sentences[verdict] ?? verdict}: ${range}.${because} ${promoted ? 'Promoted.' : 'The champion stays.'} ${power}`
}
