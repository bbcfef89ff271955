import sharp from 'sharp'
import { boxOverlay, type Annotation } from './box-overlay.ts'
import { unreadableImage } from './unreadable-image.ts'

export interface AnnotateOptions {
  readonly format: 'png' | 'jpeg'
  /** Longer side of the result, pixels; a smaller picture stays as it is. Null: full size. */
  readonly longestSide: number | null
}

/**
 * The picture, upright, with boxes and labels drawn on it.
 * @param annotations boxes in pixels of the displayed image, whatever the size of the result
 * @throws AdapterError ImageUnreadable
 */
export async function annotateImage(
  encoded: Uint8Array,
  annotations: readonly Annotation[],
  { format, longestSide }: AnnotateOptions = { format: 'png', longestSide: null },
): Promise<Uint8Array> {
  try {
    const upright = sharp(encoded, { failOn: 'error' }).autoOrient()
    const { autoOrient: displayed } = await upright.metadata()
    const shrink = Math.min(1, (longestSide ?? Infinity) / Math.max(displayed.width, displayed.height))
    const size = {
      width: Math.max(1, Math.round(displayed.width * shrink)),
      height: Math.max(1, Math.round(displayed.height * shrink)),
    }
    const scaled = annotations.map(({ xyxy: [x1, y1, x2, y2], ...rest }): Annotation => {
      return { ...rest, xyxy: [x1 * shrink, y1 * shrink, x2 * shrink, y2 * shrink] }
    })
    return await upright
      .resize({ ...size, fit: 'fill' })
      .composite([{ input: Buffer.from(boxOverlay(size, scaled)) }])
      .toFormat(format)
      .toBuffer()
  } catch (error) {
    throw unreadableImage(error)
  }
}
