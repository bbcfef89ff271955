import sharp from 'sharp'
import { boxHeight, boxWidth, type ImageSize, type Xyxy } from '../../../domain/box.ts'
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
 * The picture with its longer side at most so many pixels, in the same format; a smaller one comes back byte for byte. With
 * `part` only that rectangle of it, in whole pixels as displayed.
 * The aspect stays, so coordinates that the teacher gives in thousandths fit the original.
 * @throws AdapterError ImageUnreadable
 */
export async function scaleForTeacher(
  { encoded, mimeType, size }: PictureToScale,
  longestSide: number,
  part: Xyxy | null = null,
): Promise<Uint8Array> {
  if (part === null && Math.max(size.width, size.height) <= longestSide) return encoded
  try {
    const upright = sharp(encoded, { failOn: 'error' }).autoOrient()
    const shown = part === null ? upright : upright.extract(regionOf(part))
    const scaled = shown.resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
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

const regionOf = (part: Xyxy) => ({
  left: part[0],
  top: part[1],
  width: boxWidth(part),
  height: boxHeight(part),
})
