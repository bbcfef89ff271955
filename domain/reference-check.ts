import type { ImageSize, LabelledBox, Xyxy } from './box.ts'

/** What another runtime found; `xyxy` null: it does not say where. */
export interface ReferenceBox {
  readonly class: string
  readonly xyxy: Xyxy | null
  readonly score: number
}

/** Two runtimes that compute the same differ by rounding only: far less than this (pixels of the image, score). */
export const referenceTolerance = { pixels: 0.5, score: 0.001 } as const

export interface ReferenceSettings {
  readonly confidence: number
  readonly maxDetections: number
  /** False: what only is found here is no difference. */
  readonly complete: boolean
}

export interface ReferenceComparison {
  readonly boxes: number
  /** Largest differences among the pairs. */
  readonly pixels: number
  readonly score: number
  /** One sentence a box that only one of the two has; empty when they agree. */
  readonly differences: readonly string[]
}

/** Shares of the image to pixels of it. */
export const fromShares = (
  [x, y, width, height]: readonly [number, number, number, number],
  size: ImageSize,
): Xyxy => [
  (x - width / 2) * size.width,
  (y - height / 2) * size.height,
  (x + width / 2) * size.width,
  (y + height / 2) * size.height,
]

/**
 * Pairs the boxes of two runtimes, the surest first, and names those without a partner. Not named are boxes on the border of
 * the confidence or of the number of detections: rounding decides there.
 */
export function compareWithReference(
  expected: readonly ReferenceBox[],
  found: readonly LabelledBox[],
  settings: ReferenceSettings,
): ReferenceComparison {
  const left = new Set(found)
  const alone: ReferenceBox[] = []
  let [pixels, score] = [0, 0]
  for (const box of [...expected].sort((a, b) => b.score - a.score)) {
    const partners = [...left].map((other) => ({ other, ...distance(box, other) })).filter(isClose)
    const [nearest] = partners.sort((a, b) => a.pixels - b.pixels || a.score - b.score)
    if (nearest === undefined) {
      alone.push(box)
      continue
    }
    left.delete(nearest.other)
    pixels = Math.max(pixels, nearest.pixels)
    score = Math.max(score, nearest.score)
  }
  const ours = found.map((box) => ({ ...box, score: box.score ?? 0 }))
  const onlyOurs = settings.complete ? ours.filter((_, index) => left.has(found[index] ?? noBox)) : []
  return {
    boxes: expected.length,
    pixels,
    score,
    differences: [
      ...alone
        .filter((box) => !isOnBorder(box, [expected, ours], settings))
        .map((box) => `only the trainer: ${said(box)}`),
      ...onlyOurs
        .filter((box) => !isOnBorder(box, [ours, expected], settings))
        .map((box) => `only here: ${said(box)}`),
    ],
  }
}

const noBox: LabelledBox = { class: '', xyxy: [0, 0, 0, 0], score: null }

const isClose = (apart: { readonly pixels: number; readonly score: number }): boolean =>
  apart.pixels <= referenceTolerance.pixels && apart.score <= referenceTolerance.score

function distance(box: ReferenceBox, other: LabelledBox): { pixels: number; score: number } {
  if (box.class !== other.class) return { pixels: Infinity, score: Infinity }
  const edges = (box.xyxy ?? other.xyxy).map((edge, index) => Math.abs(edge - (other.xyxy[index] ?? 0)))
  return { pixels: Math.max(...edges), score: Math.abs(box.score - (other.score ?? 0)) }
}

function isOnBorder(
  box: ReferenceBox,
  [own, others]: readonly [readonly ReferenceBox[], readonly ReferenceBox[]],
  { confidence, maxDetections }: ReferenceSettings,
): boolean {
  if (box.score <= confidence + referenceTolerance.score) return true
  const isFull = own.length >= maxDetections || others.length >= maxDetections
  const lowest = Math.min(...own.map(({ score }) => score))
  return isFull && box.score <= lowest + referenceTolerance.score
}

const said = ({ class: name, xyxy, score }: ReferenceBox): string =>
  `${name} ${score.toFixed(4)}${xyxy === null ? '' : ` at ${xyxy.map((edge) => edge.toFixed(1)).join(', ')}`}`
