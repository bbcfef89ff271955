import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { annotateImage } from '../../../../activities/adapters/sharp/annotate-image.ts'
import { decodeImage } from '../../../../activities/adapters/sharp/decode-image.ts'
import { textImage } from '../../../../activities/adapters/sharp/text-image.ts'
import { golden, sha256 } from '../../domain/inference/golden.ts'

const white = async (width: number, height: number, orientation = 1): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: 'white' } })
    .withMetadata({ orientation })
    .jpeg()
    .toBuffer()

describe('decodeImage', () => {
  it.each(golden.decode)(
    'reads the same pixels as OpenCV: $name',
    async ({ base64, width, height, sha256: expected }) => {
      const { size, rgb } = await decodeImage(Buffer.from(base64, 'base64'))
      expect(size).toEqual({ width, height })
      expect(sha256(rgb)).toBe(expected)
    },
  )

  it.each([
    ['an empty file', async () => Buffer.alloc(0)],
    ['text', async () => Buffer.from('no picture')],
    ['a JPEG that ends in the middle', async () => (await white(200, 200)).subarray(0, 500)],
  ])('refuses %s with ImageUnreadable', async (_, make) => {
    await expect(decodeImage(await make())).rejects.toMatchObject({
      code: 'ImageUnreadable',
      retryable: false,
    })
  })
})

/** Colour at a pixel as `r,g,b`. */
async function pixels(
  png: Uint8Array,
): Promise<{ at: (x: number, y: number) => string; width: number; height: number }> {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const at = (x: number, y: number): string =>
    data
      .subarray((y * info.width + x) * 3)
      .subarray(0, 3)
      .join(',')
  return { at, width: info.width, height: info.height }
}

/** Share of pixels of one colour in a rectangle. */
async function shareOf(
  png: Uint8Array,
  colour: string,
  [x1, y1, x2, y2]: [number, number, number, number],
): Promise<number> {
  const { at } = await pixels(png)
  let hits = 0
  for (let y = y1; y < y2; y += 1) for (let x = x1; x < x2; x += 1) if (at(x, y) === colour) hits += 1
  return hits / ((x2 - x1) * (y2 - y1))
}

describe('annotateImage', () => {
  const box = { xyxy: [40, 60, 120, 100] as const, label: 'WBC 0.93', colour: '#0000ff' }

  it('draws the frame where the box is', async () => {
    const { at } = await pixels(await annotateImage(await white(200, 150), [box]))
    expect(at(40, 80)).toBe('0,0,255')
    expect(at(119, 80)).toBe('0,0,255')
    expect(at(80, 80)).toBe('255,255,255')
  })

  it('writes labels without any font of the system', async () => {
    const tag: [number, number, number, number] = [40, 46, 100, 60]
    const labelled = await annotateImage(await white(200, 150), [box])
    expect(await shareOf(labelled, '0,0,255', tag)).toBeGreaterThan(0.4)
    expect(await shareOf(labelled, '255,255,255', tag)).toBeGreaterThan(0.02)
  })

  it('takes any text for a label', async () => {
    const label = `<&"'>\u0000 é 血 ${'long '.repeat(60)}`
    const { width, height } = await pixels(await annotateImage(await white(200, 150), [{ ...box, label }]))
    expect({ width, height }).toEqual({ width: 200, height: 150 })
  })

  it('draws on the picture as it is displayed', async () => {
    const { at, width, height } = await pixels(await annotateImage(await white(150, 200, 6), [box]))
    expect({ width, height }).toEqual({ width: 200, height: 150 })
    expect(at(40, 80)).toBe('0,0,255')
  })

  it('shrinks the picture together with its boxes', async () => {
    const small = await annotateImage(await white(400, 300), [{ ...box, xyxy: [80, 120, 240, 200] }], {
      format: 'png',
      longestSide: 200,
    })
    const { at, width } = await pixels(small)
    expect(width).toBe(200)
    expect(at(40, 80)).toBe('0,0,255')
  })

  it('fails with ImageUnreadable on what is no picture', async () => {
    await expect(annotateImage(Buffer.from('no picture'), [])).rejects.toMatchObject({
      code: 'ImageUnreadable',
    })
  })
})

describe('textImage', () => {
  const width = async (text: string): Promise<number> => (await textImage(text, 40, '#000000'))?.width ?? 0

  it.each([
    ['Devanagari letters that stand on one another', 'क्ष', ['क', 'ष']],
    ['Arabic letters that join', 'بببب', ['ب', 'ب', 'ب', 'ب']],
    ['a family of several people in one picture', '👩‍👩‍👧', ['👩', '👩', '👧']],
  ])('sets %s', async (_, whole, parts) => {
    const apart = await Promise.all(parts.map(width))
    expect(await width(whole)).toBeGreaterThan(0)
    expect(await width(whole)).toBeLessThan(apart.reduce((a, b) => a + b, 0))
  })

  it('gives every Chinese character its square', async () => {
    expect((await width('红细胞白')) - (await width('红细'))).toBeCloseTo(2 * 40, -1)
  })

  it('draws nothing for blanks', async () => {
    expect(await textImage(' \u0000 ', 40, '#000000')).toBeNull()
  })
})

describe('annotateImage with other shapes', () => {
  const red = { label: '', colour: '#ff0000' }

  it.each([
    [
      'an outline, filled',
      {
        xyxy: [40, 40, 80, 80] as const,
        polygons: [
          [
            [40, 40],
            [80, 40],
            [80, 80],
            [40, 80],
          ],
        ] as const,
      },
    ],
    ['a spot', { xy: [60, 60] as const }],
    [
      'the edges of a solid',
      {
        edges: [
          [
            [20, 60],
            [100, 60],
          ],
        ] as const,
      },
    ],
  ])('draws %s where it is', async (_, shape) => {
    const { at } = await pixels(await annotateImage(await white(200, 150), [{ ...red, ...shape }]))
    const [, green] = at(60, 60).split(',').map(Number)
    expect(green).toBeLessThan(200)
    expect(at(150, 120)).toBe('255,255,255')
  })
})
