import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { normaliseImage } from '../../../../../activities/adapters/sharp/normalise-image.ts'

const folder = join(import.meta.dirname, '../../../../fixtures/image-kinds')
const load = (name: string) => readFile(join(folder, name))
const rgb = async (encoded: Uint8Array) =>
  sharp(encoded).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })

describe('every kind of picture', () => {
  it.each([
    ['cells.heic', 'jpg', 8],
    ['cells.heif', 'jpg', 8],
    ['turned.heic', 'jpg', 8],
    ['cells.avif', 'jpg', 8],
    ['turned.avif', 'jpg', 8],
    ['cells.gif', 'png', 12],
    ['cells.bmp', 'png', 0],
    ['palette.bmp', 'png', 12],
    ['cells.tiff', 'png', 0],
    ['turned.tiff', 'png', 0],
  ] as const)('%s is kept once as %s and shows what it shows in a viewer', async (name, extension, most) => {
    const result = await normaliseImage(await load(name))
    if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`)
    expect(result).toMatchObject({ extension, width: 160, height: 120, converted: true })
    const [shown, expected] = await Promise.all([rgb(result.body), rgb(await load('upright.png'))])
    expect([shown.info.width, shown.info.height, shown.info.channels]).toEqual([160, 120, 3])
    const difference = shown.data.reduce(
      (sum, value, at) => sum + Math.abs(value - (expected.data[at] ?? 0)),
      0,
    )
    expect(difference / shown.data.length).toBeLessThanOrEqual(most)
  })

  it('of the same picture have nearly the same difference hash, so that they fall into one group', async () => {
    const hashes = await Promise.all(
      ['upright.png', 'cells.heic', 'cells.avif', 'cells.bmp', 'turned.heic'].map(async (name) => {
        const result = await normaliseImage(await load(name))
        return result.ok ? BigInt(`0x${result.dhash}`) : 0n
      }),
    )
    for (const hash of hashes) {
      const bits = (hash ^ hashes[0]!).toString(2).replaceAll('0', '').length
      expect(bits).toBeLessThanOrEqual(4)
    }
  })

  it.each(['cells.heic', 'cells.bmp', 'cells.avif', 'cells.tiff', 'cells.gif'])(
    '%s that is cut off is broken, not half a picture',
    async (name) => {
      const whole = await load(name)
      const result = await normaliseImage(whole.subarray(0, Math.floor(whole.length / 2)))
      expect(result).toMatchObject({ ok: false, reason: 'broken' })
    },
  )

  it('a BMP that claims to be enormous is refused before memory is made for it', async () => {
    const bytes = Buffer.from(await load('cells.bmp'))
    bytes.writeInt32LE(2_000_000, 18)
    bytes.writeInt32LE(2_000_000, 22)
    expect(await normaliseImage(bytes)).toMatchObject({ ok: false, reason: 'too-large' })
  })
})
