import sharp from 'sharp'
import type { ImageSize } from '../../../domain/box.ts'
import { unreadableImage } from './unreadable-image.ts'

// One thread an image: several images at a time keep all cores busy, and nothing is decoded twice.
sharp.concurrency(1)
sharp.cache(false)

export interface RgbImage {
  readonly size: ImageSize
  /** Interleaved 8-bit RGB, row by row. */
  readonly rgb: Uint8Array
}

/**
 * Gives the pixels back at once: left to the garbage collector, a picture that is done with still holds its memory while the
 * next ones are decoded into fresh pages. Nothing of it may be read afterwards.
 */
export function freeImage({ rgb }: RgbImage): void {
  const { buffer } = rgb
  // A view of something larger is not this picture's alone.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === rgb.byteLength) buffer.transfer(0)
}

/**
 * An encoded picture as upright RGB, the same bytes as OpenCV's `imread` gives the trainer: no ICC conversion, alpha
 * dropped, EXIF orientation applied. CMYK pictures come out otherwise there; ingest converts them once.
 * @throws AdapterError ImageUnreadable when it is cut, damaged, too large or no picture
 */
export async function decodeImage(encoded: Uint8Array): Promise<RgbImage> {
  try {
    const { data, info } = await sharp(encoded, { ignoreIcc: true, failOn: 'error' })
      .autoOrient()
      .removeAlpha()
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 3) throw new Error(`expected 3 channels, found ${info.channels}`)
    return { size: { width: info.width, height: info.height }, rgb: data }
  } catch (error) {
    throw unreadableImage(error)
  }
}
