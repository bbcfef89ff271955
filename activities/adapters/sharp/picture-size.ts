import sharp from 'sharp'
import type { ImageSize } from '../../../domain/box.ts'
import { unreadableImage } from './unreadable-image.ts'

/**
 * Size of a picture as it is displayed; only its head is read.
 * @throws AdapterError ImageUnreadable
 */
export async function pictureSize(source: string | Uint8Array): Promise<ImageSize> {
  try {
    const { autoOrient } = await sharp(source).metadata()
    return { width: autoOrient.width, height: autoOrient.height }
  } catch (error) {
    throw unreadableImage(error)
  }
}
