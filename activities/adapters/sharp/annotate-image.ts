import sharp from 'sharp'
import type { Point } from '../../../domain/polygon.ts'
import { boxOverlay, type Annotation } from './box-overlay.ts'
import { unreadableImage } from './unreadable-image.ts'

export interface AnnotateOptions {
  readonly format: 'png' | 'jpeg'
  /** Longer side of the result, pixels; a smaller picture stays as it is. Null: full size. */
  readonly longestSide: number | null
}

/**
 * The picture, upright, with boxes, outlines and labels drawn on it.
 * @param annotations in pixels of the displayed image, whatever the size of the result
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
    return await upright
      .resize({ ...size, fit: 'fill' })
      .composite([
        {
          input: Buffer.from(
            boxOverlay(
              size,
              annotations.map((annotation) => scaled(annotation, shrink)),
            ),
          ),
        },
      ])
      .toFormat(format)
      .toBuffer()
  } catch (error) {
    throw unreadableImage(error)
  }
}

const scaled = ({ xyxy: [x1, y1, x2, y2], polygons, ...rest }: Annotation, scale: number): Annotation => ({
  ...rest,
  xyxy: [x1 * scale, y1 * scale, x2 * scale, y2 * scale],
  polygons: polygons?.map((outline) => outline.map(([x, y]): Point => [x * scale, y * scale])),
})
