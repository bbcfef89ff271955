import sharp from 'sharp'
import type { DecodeMask } from '../../roles/mask-decoder.ts'
import { unreadableImage } from './unreadable-image.ts'

/** A mask covers one box: no teacher draws a larger one, and a hostile one must not fill the memory. */
const mostPixels = 4096 * 4096

/** A PNG of probabilities as grey values, stretched to a size. */
export const decodeMask: DecodeMask = async (encoded, { width, height }) => {
  try {
    const data = await sharp(encoded, { failOn: 'error', limitInputPixels: mostPixels })
      .removeAlpha()
      .greyscale()
      .resize(width, height, { fit: 'fill', kernel: 'linear' })
      .toColourspace('b-w')
      .raw({ depth: 'uchar' })
      .toBuffer()
    return { width, height, data }
  } catch (error) {
    throw unreadableImage(error)
  }
}
