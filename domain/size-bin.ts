import { boxHeight, boxWidth, type ImageSize, type Xyxy } from './box.ts'

/** Object sizes by the shorter side after the image's longer side is scaled to 640 px: below 32, to 96, above. */
export const sizeBins = ['small', 'medium', 'large'] as const
export type SizeBin = (typeof sizeBins)[number]

const referenceSide = 640

export function sizeBinOf(xyxy: Xyxy, { width, height }: ImageSize): SizeBin {
  const side = (Math.min(boxWidth(xyxy), boxHeight(xyxy)) * referenceSide) / Math.max(width, height)
  if (side < 32) return 'small'
  return side <= 96 ? 'medium' : 'large'
}
