import sharp from 'sharp'
import { expect, it } from 'vitest'
import { contactSheet } from '../../../../../activities/adapters/sharp/contact-sheet.ts'

const picture = async (width: number, height: number, background: string) => ({
  encoded: await sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer(),
  annotations: [],
  caption: '',
})

/** Colour of one pixel of a PNG. */
const pixelAt = async (png: Uint8Array, left: number, top: number): Promise<number[]> => [
  ...(await sharp(png).extract({ left, top, width: 1, height: 1 }).removeAlpha().raw().toBuffer()),
]

it('lays pictures out in rows, each where it belongs, and a row as high as its highest picture', async () => {
  const sheet = await contactSheet([
    await picture(960, 480, '#ff0000'),
    await picture(480, 480, '#00ff00'),
    await picture(480, 240, '#0000ff'),
  ])
  const { width, height } = await sharp(sheet).metadata()
  expect(width).toBe(12 + 2 * (480 + 12))
  expect(height).toBe(12 + (480 + 30 + 12) + (240 + 30 + 12))
  expect(await pixelAt(sheet, 200, 100)).toEqual([255, 0, 0])
  expect(await pixelAt(sheet, 200, 400)).toEqual([255, 255, 255])
  expect(await pixelAt(sheet, 700, 400)).toEqual([0, 255, 0])
  expect(await pixelAt(sheet, 200, 600)).toEqual([0, 0, 255])
})

it('draws the boxes of each picture, and writes its caption below it in any script', async () => {
  const plain = await picture(480, 240, '#ffffff')
  const box = { label: '', colour: '#e6194b', xyxy: [100, 50, 200, 150] as const }
  const sheet = await contactSheet([{ ...plain, annotations: [box], caption: '細胞 данные' }])
  expect(await pixelAt(sheet, 12 + 150, 12 + 50)).toEqual([0xe6, 0x19, 0x4b])
  const caption = await sharp(sheet)
    .extract({ left: 12, top: 12 + 244, width: 200, height: 26 })
    .stats()
  expect(caption.channels[0]?.min).toBeLessThan(100)
})

it('says which picture cannot be read instead of leaving it out', async () => {
  const broken = { encoded: new TextEncoder().encode('no picture'), annotations: [], caption: 'broken' }
  await expect(contactSheet([broken])).rejects.toMatchObject({ code: 'ImageUnreadable' })
})
