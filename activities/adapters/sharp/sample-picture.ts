import sharp from 'sharp'

/** A JPEG of 640 x 480 with something in every part of it, to measure with: as costly to decode as a photograph. */
export const samplePicture = (): Promise<Uint8Array> =>
  sharp({
    create: {
      width: 640,
      height: 480,
      channels: 3,
      background: '#808080',
      noise: { type: 'gaussian', mean: 128, sigma: 20 },
    },
  })
    .blur(2)
    .jpeg({ quality: 90 })
    .toBuffer()
