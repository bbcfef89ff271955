import sharp from 'sharp'

/** Longer side of a gallery picture, pixels: enough to see what the boxes are about. */
const longerSide = 480

/** A small JPEG of an upright image as a `data:` URI, for pages that must stand alone. */
export async function thumbnailUri(encoded: Uint8Array): Promise<string> {
  const jpeg = await sharp(encoded)
    .resize({ width: longerSide, height: longerSide, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 70, mozjpeg: true })
    .toBuffer()
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`
}
