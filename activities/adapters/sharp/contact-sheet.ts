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
 * A PNG with pictures in rows, as square as can be, each with its annotations and a caption.
 * @throws AdapterError ImageUnreadable
 */
export async function contactSheet(pictures: readonly SheetPicture[]): Promise<Uint8Array> {
  const columns = Math.max(1, Math.ceil(Math.sqrt(pictures.length)))
  const rows = Math.max(1, Math.ceil(pictures.length / columns))
  const overlays: OverlayOptions[] = []
  for (const [index, { encoded, annotations, caption }] of pictures.entries()) {
    const left = gap + (index % columns) * (cell + gap)
    const top = gap + Math.floor(index / columns) * (cell + captionHeight + gap)
    const drawn = await annotateImage(encoded, annotations, { format: 'png', longestSide: cell })
    const { height: drawnHeight } = await sharp(drawn).metadata()
    overlays.push({ input: Buffer.from(drawn), left, top })
    const text = await textImage(caption, letters, '#202020')
    if (text === null) continue
    const { width, height, pixels } = text
    const input = await sharp(pixels, { raw: { width, height, channels: 4 } })
      .extract({ left: 0, top: 0, width: Math.min(width, cell), height: Math.min(height, captionHeight) })
      .png()
      .toBuffer()
    overlays.push({ input, left, top: top + drawnHeight + 4 })
  }
  try {
    return await sharp({
      create: {
        width: gap + columns * (cell + gap),
        height: gap + rows * (cell + captionHeight + gap),
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
