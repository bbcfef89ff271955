import type { ImageSize, LabelledBox } from './box.ts'

/** What a labels file from elsewhere says of one picture. */
export interface LabelledFile {
  /** As the labels file calls the picture: a name or a path, in its words. */
  readonly file: string
  /** Pixels the boxes are in; `shares`: they are shares of the picture, 0 to 1 each way. */
  readonly size: ImageSize | 'shares'
  readonly boxes: readonly LabelledBox[]
}

/** Why something of a labels file was not taken. */
export type LabelSkip =
  | 'unreadable-file'
  | 'unknown-image'
  | 'unknown-category'
  | 'bad-box'
  | 'mask-not-read'
  | 'class-not-wanted'
  | 'named-twice'
  | 'image-missing'
  | 'image-refused'
  | 'ambiguous-name'
  | 'size-differs'
  | 'same-picture'
  | 'reviewed-here'

export interface SkippedLabel {
  readonly file: string
  readonly reason: LabelSkip
  readonly detail: string
}

export interface ReadLabels {
  readonly files: readonly LabelledFile[]
  readonly skipped: readonly SkippedLabel[]
}

const sameShape = 0.01

/**
 * Boxes in the pixels of the picture as it is kept. Null when the labels were made for a picture of another shape (turned, or
 * cut): they cannot be placed. Labels of a smaller or larger copy are scaled.
 */
export function placeBoxes({ size, boxes }: LabelledFile, picture: ImageSize): readonly LabelledBox[] | null {
  const from = size === 'shares' ? { width: 1, height: 1 } : size
  const [across, down] = [picture.width / from.width, picture.height / from.height]
  if (size !== 'shares' && Math.abs(across / down - 1) > sameShape) return null
  if (across === 1 && down === 1) return boxes
  return boxes.map((box): LabelledBox => {
    const [x1, y1, x2, y2] = box.xyxy
    const polygons = box.polygons?.map((outline) => outline.map(([x, y]) => [x * across, y * down] as const))
    return {
      ...box,
      xyxy: [x1 * across, y1 * down, x2 * across, y2 * down],
      ...(polygons === undefined ? {} : { polygons }),
    }
  })
}

/**
 * True when a box that should be in pixels is in shares of its picture: all of it lies within the first pixel, where no box
 * can be.
 */
export const looksLikeShares = (numbers: readonly number[], { width, height }: ImageSize): boolean =>
  width > 2 && height > 2 && numbers.every((value) => value >= 0 && value <= 1)
