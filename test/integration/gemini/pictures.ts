import sharp from 'sharp'

/** A picture that no label file knows. */
export const coloredJpeg = async (): Promise<Uint8Array> =>
  sharp({ create: { width: 320, height: 240, channels: 3, background: '#123456' } })
    .jpeg()
    .toBuffer()

/** The same picture, smaller and compressed anew: other bytes. */
export const shrunk = async (encoded: Uint8Array, width: number): Promise<Uint8Array> =>
  sharp(encoded).resize(width).jpeg({ quality: 70 }).toBuffer()
