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
