import sharp, { type OverlayOptions } from 'sharp'
import type { ImageSize } from '../../../domain/box.ts'
import { scaled, type Annotation } from './annotation.ts'
import { inkOn, shapesOverlay, strokeWidth, tagPlace, type Tagged } from './shapes-overlay.ts'
import { textImage } from './text-image.ts'
import { unreadableImage } from './unreadable-image.ts'

export interface AnnotateOptions {
  readonly format: 'png' | 'jpeg'
  /** Longer side of the result, pixels; a smaller picture stays as it is. Null: full size. */
  readonly longestSide: number | null
}

/** Letters must be read on small pictures and not cover large ones, pixels. */
const letterHeight = ({ width, height }: ImageSize): number =>
  Math.max(12, Math.round(Math.max(width, height) / 55))

/**
 * The picture, upright, with boxes, outlines, spots or solids drawn on it, and their labels in any script.
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
    const tagged: Tagged[] = []
    for (const annotation of annotations) {
      const text = await textImage(annotation.label, letterHeight(size), inkOn(annotation.colour))
      tagged.push({ annotation: scaled(annotation, shrink), text })
    }
    return await upright
      .resize({ ...size, fit: 'fill' })
      .composite([{ input: Buffer.from(shapesOverlay(size, tagged)) }, ...(await labels(tagged, size))])
      .toFormat(format)
      .toBuffer()
  } catch (error) {
    throw unreadableImage(error)
  }
}

/** The letters over their tags, cut where a tag is smaller than its text. */
async function labels(tagged: readonly Tagged[], size: ImageSize): Promise<OverlayOptions[]> {
  const overlays: OverlayOptions[] = []
  const margin = strokeWidth(size)
  for (const { annotation, text } of tagged) {
    if (text === null) continue
    const place = tagPlace(annotation, text, size)
    const width = Math.min(text.width, place.width - 2 * margin)
    const height = Math.min(text.height, place.height - 2 * margin)
    if (width < 1 || height < 1) continue
    const raw = { width: text.width, height: text.height, channels: 4 } as const
    const input = await sharp(text.pixels, { raw })
      .extract({ left: 0, top: 0, width, height })
      .png()
      .toBuffer()
    overlays.push({ input, left: place.left + margin, top: place.top + margin })
  }
  return overlays
}
