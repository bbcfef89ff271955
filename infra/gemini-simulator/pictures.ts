import sharp from 'sharp'

/** Side of the thumbnail, pixels. */
export const thumbnailSide = 16

/** The picture as 16x16 grey values, 0 to 255: enough to know it again after scaling and another compression. */
export async function greyThumbnail(encoded: Uint8Array): Promise<Uint8Array> {
  return sharp(encoded, { failOn: 'error' })
    .autoOrient()
    .resize(thumbnailSide, thumbnailSide, { fit: 'fill' })
    .greyscale()
    .raw()
    .toBuffer()
}

/** Mean absolute difference of two thumbnails, 0 to 255. */
export function thumbnailDistance(a: Uint8Array, b: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i += 1) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0))
  return sum / a.length
}

/** Grey values row by row. */
export interface GreyPicture {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** A whole picture, a file's path or its bytes, as grey values. */
export async function greyPicture(picture: string | Uint8Array): Promise<GreyPicture> {
  const { data, info } = await sharp(picture, { failOn: 'error' })
    .autoOrient()
    .removeAlpha()
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/** Grey values as a PNG. */
export async function encodeGrey({ width, height, data }: GreyPicture): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png()
    .toBuffer()
}
