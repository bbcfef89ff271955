import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { normaliseImage } from '../../../../../activities/adapters/sharp/normalise-image.ts'

/** A picture whose left half is dark and right half bright, 40 x 20 pixels as stored. */
const halves = () =>
  sharp({ create: { width: 40, height: 20, channels: 3, background: '#101010' } }).composite([
    { input: { create: { width: 20, height: 20, channels: 3, background: '#f0f0f0' } }, left: 20, top: 0 },
  ])

const turned = (orientation: number) =>
  halves().jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer()

async function accepted(source: Uint8Array) {
  const result = await normaliseImage(source)
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`)
  return result
}

describe('normalising an image', () => {
  it.each([
    ['png', 'png', 'image/png'],
    ['jpeg', 'jpg', 'image/jpeg'],
    ['webp', 'webp', 'image/webp'],
  ] as const)('keeps an upright %s byte for byte', async (format, extension, mimeType) => {
    const source = await halves().toFormat(format).toBuffer()
    const result = await accepted(source)
    expect(result.body).toBe(source)
    expect(result).toMatchObject({ extension, mimeType, width: 40, height: 20, converted: false })
  })

  it('keeps a file that EXIF says is upright', async () => {
    const source = await turned(1)
    expect((await accepted(source)).body).toBe(source)
  })

  it.each([
    [3, 40, 20],
    [6, 20, 40],
    [8, 20, 40],
  ])('turns a photograph of EXIF orientation %i upright: %i x %i', async (orientation, width, height) => {
    const result = await accepted(await turned(orientation))
    expect(result).toMatchObject({ extension: 'jpg', width, height, converted: true })
    const stored = await sharp(result.body).metadata()
    expect([stored.width, stored.height, stored.orientation]).toEqual([width, height, undefined])
  })

  it('shows the same picture after turning: orientation 6 brings the dark left half to the top', async () => {
    const { body } = await accepted(await turned(6))
    const { data, info } = await sharp(body).greyscale().raw().toBuffer({ resolveWithObject: true })
    const row = (y: number) => data[(y * info.width + 10) * info.channels] ?? 0
    expect(row(5)).toBeLessThan(60)
    expect(row(35)).toBeGreaterThan(200)
  })

  it('turns a PNG without loss, as PNG', async () => {
    const source = await halves().png().withMetadata({ orientation: 6 }).toBuffer()
    expect(await accepted(source)).toMatchObject({ extension: 'png', width: 20, height: 40, converted: true })
  })

  it('converts CMYK, which programs decode differently', async () => {
    const source = await halves().toColourspace('cmyk').jpeg().toBuffer()
    const result = await accepted(source)
    expect(result.converted).toBe(true)
    expect((await sharp(result.body).metadata()).space).toBe('srgb')
  })

  it('takes the hash of the displayed picture, so that a turned copy matches its upright twin', async () => {
    const photo = await accepted(await turned(6))
    const upright = await halves().rotate(90).png().toBuffer()
    expect(photo.dhash).toBe((await accepted(upright)).dhash)
    expect((await accepted(await halves().png().toBuffer())).dhash).not.toBe(photo.dhash)
  })

  it('rejects an animated WEBP', async () => {
    const frames = await Promise.all(
      ['red', 'blue'].map((background) =>
        sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )
    const animation = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer()
    expect(await normaliseImage(animation)).toMatchObject({ ok: false, reason: 'animated' })
  })

  it.each([
    ['BMP', async () => Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])],
    ['HEIC', async () => Buffer.concat([Buffer.alloc(4), Buffer.from('ftypheic'), Buffer.alloc(60)])],
  ])('knows a %s that holds nothing as broken', async (_, make) => {
    expect(await normaliseImage(await make())).toMatchObject({ ok: false, reason: 'broken' })
  })

  it('names SVG as a format it does not take', async () => {
    const drawing = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"/>')
    const result = await normaliseImage(drawing)
    expect(result).toMatchObject({ ok: false, reason: 'unsupported-format' })
    expect(result).toHaveProperty('detail', expect.stringContaining('SVG'))
  })

  it.each([
    ['an empty file', async () => Buffer.alloc(0)],
    ['text', async () => Buffer.from('<html>404 not found</html>')],
    ['a JPEG cut in the middle', async () => half(await noisy().jpeg().toBuffer())],
    ['a PNG cut in the middle', async () => half(await noisy().png().toBuffer())],
    ['a WEBP cut in the middle', async () => half(await noisy().webp().toBuffer())],
  ])('calls %s broken', async (_, make) => {
    expect(await normaliseImage(await make())).toMatchObject({ ok: false, reason: 'broken' })
  })
})

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length / 2)

const noisy = () =>
  sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
