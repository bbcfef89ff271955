/** Square pixels, both ends included: a box of exactly 32 x 32 is small and medium, as in pycocotools. */
export interface AreaRange {
  readonly from: number
  readonly to: number
}

export const objectSizes = ['small', 'medium', 'large'] as const
export type ObjectSize = (typeof objectSizes)[number]

/** pycocotools' stand-in for "no upper end". */
const endless = 1e10

export const allAreas: AreaRange = { from: 0, to: endless }

/** COCO's sizes (pycocotools `Params.setDetParams`): split at 32 x 32 and 96 x 96 pixels. */
export const areaRanges: Readonly<Record<ObjectSize, AreaRange>> = {
  small: { from: 0, to: 32 ** 2 },
  medium: { from: 32 ** 2, to: 96 ** 2 },
  large: { from: 96 ** 2, to: endless },
}

export const isOutside = (area: number, { from, to }: AreaRange): boolean => area < from || area > to
