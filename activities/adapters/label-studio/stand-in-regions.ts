import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { ImageSize, LabelledBox, Xyxy } from '../../../domain/box.ts'
import { boxControl, imageObject } from '../../../domain/formats/label-studio-config.ts'
import { fromRectangle, toRectangle } from '../../../domain/formats/label-studio.ts'
import { iou } from '../../../domain/iou.ts'
import { RectangleRegion } from '../../../domain/schemas/label-studio-region.ts'

/** A region of a prediction as Label Studio sends it; `score` and `meta` stay in what the editor submits. */
export const PredictedRegion = RectangleRegion.extend({ meta: z.unknown().optional() })
export type PredictedRegion = z.infer<typeof PredictedRegion>

/** Below this overlap a person deletes the draft's box and draws a new one. */
const sameObject = 0.5
/** A box whose corners are all this near is left alone, pixels. */
const untouched = 1

interface Pair {
  readonly box: LabelledBox
  readonly draft: PredictedRegion | null
}

/**
 * What the editor would submit for these boxes, starting from this draft: a region that is right stays `prediction`, one that
 * is moved or re-labelled becomes `prediction-changed` under its id, with its old score; a missing one is drawn `manual`; a
 * wrong one is gone. With `original_width` and `original_height`, because the stand-in has the image's size.
 */
export function correctedRegions(
  truth: readonly LabelledBox[],
  draft: readonly PredictedRegion[],
  size: ImageSize,
): Record<string, unknown>[] {
  return pairUp(truth, draft, size).map(({ box, draft: region }) => {
    const label = region?.value.rectanglelabels[0]
    const kept =
      region !== null && label === box.class && isUntouched(box.xyxy, fromRectangle(region.value, size))
    const origin = region === null ? 'manual' : kept ? 'prediction' : 'prediction-changed'
    return {
      original_width: size.width,
      original_height: size.height,
      image_rotation: 0,
      value: kept ? region.value : { ...toRectangle(box.xyxy, size), rectanglelabels: [box.class] },
      ...(region?.meta === undefined ? {} : { meta: region.meta }),
      id: region?.id ?? randomBytes(8).toString('base64url').slice(0, 10),
      from_name: boxControl,
      to_name: imageObject,
      type: 'rectanglelabels',
      origin,
      ...(typeof region?.score === 'number' ? { score: region.score } : {}),
    }
  })
}

const isUntouched = (a: Xyxy, b: Xyxy): boolean =>
  a.every((value, index) => Math.abs(value - (b[index] ?? Number.NaN)) <= untouched)

/** Greedy by overlap, pairs of one class first: each draft box serves one true box. */
function pairUp(truth: readonly LabelledBox[], draft: readonly PredictedRegion[], size: ImageSize): Pair[] {
  const candidates = truth.flatMap((box, t) =>
    draft.map((region, d) => ({
      t,
      d,
      overlap: iou(box.xyxy, fromRectangle(region.value, size)),
      sameClass: region.value.rectanglelabels[0] === box.class,
    })),
  )
  const ranked = candidates
    .filter(({ overlap }) => overlap >= sameObject)
    .sort((a, b) => Number(b.sameClass) - Number(a.sameClass) || b.overlap - a.overlap)
  const taken = new Map<number, number>()
  const used = new Set<number>()
  for (const { t, d } of ranked) {
    if (taken.has(t) || used.has(d)) continue
    taken.set(t, d)
    used.add(d)
  }
  return truth.map((box, t) => {
    const d = taken.get(t)
    return { box, draft: d === undefined ? null : (draft[d] ?? null) }
  })
}
