import sharp from 'sharp'
import type { ImageSize } from '../../../domain/box.ts'
import { unreadableImage } from './unreadable-image.ts'

export interface PictureToScale {
  readonly encoded: Uint8Array
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
  /** As displayed. */
  readonly size: ImageSize
}

/** High enough that the teacher sees no difference, and a quarter of the bytes of the highest. */
const quality = 92

/**
 * The picture with its longer side at most so many pixels, in the same format; a smaller one comes back byte for byte.
 * The aspect stays, so coordinates that the teacher gives in thousandths fit the original.
 * @throws AdapterError ImageUnreadable
 */
export async function scaleForTeacher(
  { encoded, mimeType, size }: PictureToScale,
  longestSide: number,
): Promise<Uint8Array> {
  if (Math.max(size.width, size.height) <= longestSide) return encoded
  try {
    const scaled = sharp(encoded, { failOn: 'error' })
      .autoOrient()
      .resize(longestSide, longestSide, { fit: 'inside' })
    switch (mimeType) {
      case 'image/jpeg':
        return await scaled.jpeg({ quality }).toBuffer()
      case 'image/webp':
        return await scaled.webp({ quality }).toBuffer()
      case 'image/png':
        return await scaled.png().toBuffer()
    }
  } catch (error) {
    throw unreadableImage(error)
  }
}
