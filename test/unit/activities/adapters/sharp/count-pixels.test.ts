import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { countPixels } from '../../../../../activities/adapters/sharp/count-pixels.ts'
import { decodeImage, freeImage } from '../../../../../activities/adapters/sharp/decode-image.ts'

const plain = sharp({ create: { width: 301, height: 77, channels: 3, background: '#336699' } })

describe('countPixels', () => {
  it.each([
    ['PNG', () => plain.clone().png()],
    ['JPEG', () => plain.clone().jpeg()],
    ['progressive JPEG', () => plain.clone().jpeg({ progressive: true })],
    [
      'JPEG with EXIF and an ICC profile before its frame',
      () => plain.clone().withMetadata({ orientation: 6 }).jpeg(),
    ],
    ['grey JPEG', () => plain.clone().greyscale().jpeg()],
    ['WEBP', () => plain.clone().webp()],
  ])('of a %s is what decoding it gives', async (_, make) => {
    await expect(countPixels(await make().toBuffer())).resolves.toBe(301 * 77)
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('no picture at all')],
    ['a JPEG cut in its head', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
    [
      'a JPEG whose segments lead nowhere',
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 1, 2, 3, 4, 5, 6]),
    ],
    ['a PNG cut in its head', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a])],
  ])('of %s is none', async (_, bytes) => {
    await expect(countPixels(bytes)).resolves.toBe(0)
  })
})

describe('freeImage', () => {
  it('gives the pixels back at once', async () => {
    const image = await decodeImage(await plain.clone().png().toBuffer())
    expect(image.rgb).toHaveLength(301 * 77 * 3)
    freeImage(image)
    expect(image.rgb).toHaveLength(0)
  })

  it('leaves alone what is part of something larger', () => {
    const whole = new Uint8Array(12).fill(7)
    freeImage({ size: { width: 1, height: 2 }, rgb: whole.subarray(3, 9) })
    expect(whole).toEqual(new Uint8Array(12).fill(7))
  })
})
