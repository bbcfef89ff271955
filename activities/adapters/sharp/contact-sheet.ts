import sharp, { type OverlayOptions } from 'sharp'
import { annotateImage } from './annotate-image.ts'
import type { Annotation } from './annotation.ts'
import { textImage } from './text-image.ts'
import { unreadableImage } from './unreadable-image.ts'

export interface SheetPicture {
  readonly encoded: Uint8Array
  readonly annotations: readonly Annotation[]
  /** Written below it. */
  readonly caption: string
}

/** Side of a cell, pixels, and what is left free around and below a picture. */
const cell = 480
const gap = 12
const captionHeight = 30
const letters = 18

/**
 * A PNG with pictures in rows, as square as can be, each with its annotations and a caption. A row is as high as its highest
 * picture.
 * @throws AdapterError ImageUnreadable
 */
export async function contactSheet(pictures: readonly SheetPicture[]): Promise<Uint8Array> {
  const columns = Math.max(1, Math.ceil(Math.sqrt(pictures.length)))
  const overlays: OverlayOptions[] = []
  let top = gap
  for (let first = 0; first < pictures.length; first += columns) {
    let highest = 0
    for (const [column, picture] of pictures.slice(first, first + columns).entries()) {
      const placed = await place(picture, { left: gap + column * (cell + gap), top })
      overlays.push(...placed.overlays)
      highest = Math.max(highest, placed.height)
    }
    top += highest + gap
  }
  try {
    return await sharp({
      create: {
        width: gap + columns * (cell + gap),
        height: top,
        channels: 3,
        background: '#ffffff',
      },
    })
      .composite(overlays)
      .png()
      .toBuffer()
  } catch (error) {
    throw unreadableImage(error)
  }
}

/** A picture and its caption below; the height of both, pixels. */
async function place(
  { encoded, annotations, caption }: SheetPicture,
  { left, top }: { readonly left: number; readonly top: number },
): Promise<{ readonly overlays: OverlayOptions[]; readonly height: number }> {
  const drawn = await annotateImage(encoded, annotations, { format: 'png', longestSide: cell })
  const { height: drawnHeight } = await sharp(drawn).metadata()
  const overlays: OverlayOptions[] = [{ input: Buffer.from(drawn), left, top }]
  const text = await textImage(caption, letters, '#202020')
  if (text !== null) {
    const { width, height, pixels } = text
    const input = await sharp(pixels, { raw: { width, height, channels: 4 } })
      .extract({ left: 0, top: 0, width: Math.min(width, cell), height: Math.min(height, captionHeight) })
      .png()
      .toBuffer()
    overlays.push({ input, left, top: top + drawnHeight + 4 })
  }
  return { overlays, height: drawnHeight + captionHeight }
}
