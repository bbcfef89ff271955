import type { LabelledBox } from '../box.ts'
import { percentileInterval, resampleByGroup } from './bootstrap.ts'
import { f1Of, imageEffort, none, plus, type Counts, type ImageEffort } from './effort.ts'
import type { Interval, TruthBox } from './scored-images.ts'

/** One image as two sources answered it, and what a person accepted. */
export interface PairedAnswer {
  /** Images of one group are resampled together. */
  readonly group: string
  readonly truth: readonly TruthBox[]
  readonly a: readonly LabelledBox[]
  readonly b: readonly LabelledBox[]
}

/** B minus A, on the same images. */
export interface PairedEffort {
  readonly f1: Interval
  /** Edits an image: below 0, B makes less work. */
  readonly edits: Interval
  readonly byClass: readonly {
    readonly class: string
    /** Boxes that people accepted. */
    readonly boxes: number
    readonly a: number
    readonly b: number
    readonly delta: Interval
  }[]
}

/**
 * What two score-less sources differ by in F1 at IoU 0.5 and in edits an image. Paired bootstrap over groups: in each resample
 * both answer the same drawn images, so what is hard for both cancels out (Everingham et al., IJCV 2015, section 3.5).
 */
export function compareEffort(
  images: readonly PairedAnswer[],
  classes: readonly string[],
  seed: string,
): PairedEffort {
  const side = (name: 'a' | 'b'): ImageEffort[] =>
    images.map(({ group, truth, ...answers }) =>
      imageEffort({ group, truth, predicted: answers[name] }, classes),
    )
  const [a, b] = [side('a'), side('b')]
  const f1: number[] = []
  const edits: number[] = []
  const perClass = new Map(classes.map((name): [string, number[]] => [name, []]))
  const ofClass = (name: string) => (effort: ImageEffort) => effort.byClass.get(name) ?? none
  for (const weights of resampleByGroup(
    images.map(({ group }) => group),
    seed,
  )) {
    const under = (of: (effort: ImageEffort) => Counts): number =>
      f1Of(weighted(b, weights, of)) - f1Of(weighted(a, weights, of))
    f1.push(under(({ all }) => all))
    edits.push(meanEdits(b, weights) - meanEdits(a, weights))
    for (const [name, deltas] of perClass) deltas.push(under(ofClass(name)))
  }
  const once = new Int32Array(images.length).fill(1)
  const plain = (efforts: readonly ImageEffort[], of: (effort: ImageEffort) => Counts): number =>
    f1Of(weighted(efforts, once, of))
  const all = ({ all: counts }: ImageEffort): Counts => counts
  return {
    f1: percentileInterval(plain(b, all) - plain(a, all), f1),
    edits: percentileInterval(meanEdits(b, once) - meanEdits(a, once), edits),
    byClass: classes.map((name) => {
      const [ofA, ofB] = [plain(a, ofClass(name)), plain(b, ofClass(name))]
      const boxes = weighted(a, once, ofClass(name)).truth
      const delta = percentileInterval(ofB - ofA, perClass.get(name) ?? [])
      return { class: name, boxes, a: ofA, b: ofB, delta }
    }),
  }
}

const weighted = (
  efforts: readonly ImageEffort[],
  weights: Int32Array,
  of: (effort: ImageEffort) => Counts,
): Counts => efforts.reduce((sum, effort, image) => plus(sum, of(effort), weights[image] ?? 0), none)

function meanEdits(efforts: readonly ImageEffort[], weights: Int32Array): number {
  let [sum, drawn] = [0, 0]
  efforts.forEach(({ edits }, image) => {
    const weight = weights[image] ?? 0
    sum += weight * edits
    drawn += weight
  })
  return sum / Math.max(1, drawn)
}
