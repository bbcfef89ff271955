import sharp from 'sharp'
import { annotateImage } from './annotate-image.ts'
import type { Annotation } from './annotation.ts'
import { unreadableImage } from './unreadable-image.ts'

/** Longer side of each half, pixels: labels are read well and twenty pictures are looked through quickly. */
const longestSide = 960
const gap = 8

/**
 * A PNG of one picture twice, left with the first boxes and right with the second.
 * @throws AdapterError ImageUnreadable
 */
export async function sideBySide(
  encoded: Uint8Array,
  left: readonly Annotation[],
  right: readonly Annotation[],
): Promise<Uint8Array> {
  const halves = await Promise.all(
    [left, right].map((annotations) => annotateImage(encoded, annotations, { format: 'png', longestSide })),
  )
  const [first, second] = halves
  if (first === undefined || second === undefined) throw new Error('two halves make a picture')
  try {
    const { width, height } = await sharp(first).metadata()
    return await sharp({
      create: { width: 2 * width + gap, height, channels: 3, background: '#ffffff' },
    })
      .composite([
        { input: Buffer.from(first), left: 0, top: 0 },
        { input: Buffer.from(second), left: width + gap, top: 0 },
      ])
      .png()
      .toBuffer()
  } catch (error) {
    throw unreadableImage(error)
  }
}
