import { matchClasses, weightedAveragePrecision } from './average-precision.ts'
import { percentileInterval, resampleByGroup } from './bootstrap.ts'
import type { Interval, ScoredImage } from './scored-images.ts'
import { shapesOf, type ShapeKind } from './shapes.ts'

/** One held-out image as both models saw it. */
export interface PairedImage extends Omit<ScoredImage, 'predicted'> {
  readonly challenger: ScoredImage['predicted']
  readonly champion: ScoredImage['predicted']
}

export interface PairedComparison {
  /** Challenger minus champion in mAP50-95. */
  readonly deltaMap: Interval
  /** Smallest true difference that a two-sided test at 5 % shows with a power of 80 %. */
  readonly detectable: number
  /** Challenger minus champion in AP50-95, for classes with ground truth. */
  readonly byClass: readonly { readonly name: string; readonly boxes: number; readonly delta: Interval }[]
}

/** Normal quantiles of 97.5 % and 80 %: a difference of so many standard errors is found four times in five. */
const powerFactor = 1.96 + 0.842

/**
 * Paired bootstrap over groups: in each resample both models are scored on the same drawn images, so what is hard for both
 * cancels out (Everingham et al., IJCV 2015, section 3.5). The seed makes it repeatable.
 */
export function comparePaired(
  images: readonly PairedImage[],
  classes: readonly string[],
  seed: string,
  kind: ShapeKind = 'box',
): PairedComparison {
  const shapes = shapesOf(images, kind)
  const side = (name: 'challenger' | 'champion') =>
    matchClasses(
      images.map((image) => ({ group: image.group, truth: image.truth, predicted: image[name] })),
      classes,
      { shapes },
    )
  const [challenger, champion] = [side('challenger'), side('champion')]
  const deltaUnder = (weights: Int32Array) => {
    const ours = weightedAveragePrecision(challenger, weights)
    const theirs = weightedAveragePrecision(champion, weights)
    const byClass = new Map(
      Object.entries(ours.byClass).map(([name, { ap, boxes }]) => [
        name,
        { boxes, delta: ap - (theirs.byClass[name]?.ap ?? 0) },
      ]),
    )
    return { map: ours.map - theirs.map, byClass }
  }
  const plain = deltaUnder(new Int32Array(images.length).fill(1))
  const groups = images.map(({ group }) => group)
  const samples = [...resampleByGroup(groups, seed)].map(deltaUnder)
  const maps = samples.map(({ map }) => map).filter((map) => !Number.isNaN(map))
  return {
    deltaMap: percentileInterval(plain.map, maps),
    detectable: powerFactor * standardDeviation(maps),
    byClass: [...plain.byClass].map(([name, { boxes, delta }]) => {
      const drawn = samples.flatMap(({ byClass }) => byClass.get(name)?.delta ?? [])
      return { name, boxes, delta: percentileInterval(delta, drawn) }
    }),
  }
}

function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}
