import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDetector } from '../../../../../activities/adapters/onnx/detector.ts'
import type { DetectionResult } from '../../../../../activities/roles/detector.ts'
import { colouredPicture } from '../../../../fixtures/coloured-picture.ts'

const model = fileURLToPath(new URL('../../../../fixtures/models/red-blue.onnx', import.meta.url))
const detector = createDetector({ threads: 1 })
let folder = ''
let picture: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-pictures-'))
  picture = await colouredPicture(64, 64, [{ left: 16, top: 0, side: 16, colour: '#ff0000' }])
})
afterAll(async () => {
  await detector.close()
  await rm(folder, { recursive: true, force: true })
})

/** What the model makes of a file, which must not keep it from the picture after it. */
async function detect(
  name: string,
  content: Uint8Array,
  confidence = 0.5,
): Promise<DetectionResult | undefined> {
  const path = join(folder, name)
  await writeFile(path, content)
  const images = [
    { id: 'odd', source: path },
    { id: 'good', source: picture },
  ]
  const settings = { confidence, iou: 0.7, maxDetections: 300 }
  const results: DetectionResult[] = []
  for await (const result of detector.detect(model, images, settings)) results.push(result)
  expect(results[1]).toMatchObject({ id: 'good', ok: true, boxes: [red] })
  return results[0]
}

const red = { class: 'red', xyxy: [16, 0, 32, 16] }

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#ff0000' } })

const animated = async (): Promise<Buffer> => {
  const first = await sharp(picture).removeAlpha().raw().toBuffer()
  const frames = Buffer.concat([first, Buffer.alloc(first.length)])
  return sharp(frames, { raw: { width: 64, height: 128, channels: 3, pageHeight: 64 } })
    .webp({ delay: [100, 100], lossless: true })
    .toBuffer()
}

it.each<[string, string, () => Promise<Buffer>]>([
  ['CMYK', 'cmyk.jpg', () => sharp(picture).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer()],
  ['16 bits a channel', '16.png', () => sharp(picture).toColourspace('rgb16').png().toBuffer()],
  ['a palette', 'palette.png', () => sharp(picture).png({ palette: true, colours: 8 }).toBuffer()],
  ['an alpha channel', 'alpha.png', () => sharp(picture).ensureAlpha(0.5).png().toBuffer()],
  ['several frames: the first is looked at', 'animated.webp', animated],
  ['a name in other scripts', '写真 – ünï🐟 «один».png', async () => picture],
  ['a name that reads like an option', '--conf=1 %s $(x).png', async () => picture],
])('a picture of %s is read as any other', async (_, name, make) => {
  const content = await make()
  expect(await detect(name, content)).toMatchObject({
    ok: true,
    size: { width: 64, height: 64 },
    boxes: [red],
  })
})

it('a picture of 16 grey bits a pixel has nothing red', async () => {
  const grey = await sharp(picture).toColourspace('grey16').png().toBuffer()
  expect(await detect('grey.png', grey)).toMatchObject({ ok: true, boxes: [] })
})

it('a picture of one pixel is red all over', async () => {
  const found = await detect('one.png', await plain(1, 1).png().toBuffer())
  const boxes = found?.ok === true ? found.boxes : []
  expect(found).toMatchObject({ ok: true, size: { width: 1, height: 1 } })
  expect(boxes).toHaveLength(16)
  expect(Math.min(...boxes.flatMap(({ xyxy }) => xyxy))).toBe(0)
  expect(Math.max(...boxes.flatMap(({ xyxy }) => xyxy))).toBe(1)
})

it('a panorama of 30,000 pixels is read, its boxes where they are', async () => {
  const wide = await sharp({ create: { width: 30_000, height: 1000, channels: 3, background: '#808080' } })
    .composite([{ input: await plain(7500, 1000).png().toBuffer(), left: 15_000, top: 0 }])
    .png({ compressionLevel: 1 })
    .toBuffer()
  // One row of the input, seven of padding in its cell: the colour is thin.
  expect(await detect('panorama.png', wide, 0.1)).toMatchObject({
    ok: true,
    size: { width: 30_000, height: 1000 },
    boxes: [{ class: 'red', xyxy: [15_000, 0, 22_500, expect.closeTo(1000, 3)] }],
  })
})

/** The head of a PNG that says how large it is: nothing of it is decoded. */
async function headOf(width: number, height: number): Promise<Buffer> {
  const { crc32 } = await import('node:zlib')
  const head = Buffer.from(await plain(1, 1).png().toBuffer())
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  head.writeUInt32BE(crc32(head.subarray(12, 29)), 29)
  return head
}

it.each<[string, string, () => Promise<Buffer>, RegExp]>([
  ['nothing in it', 'empty.jpg', async () => Buffer.alloc(0), /the file is empty/],
  ['more pixels than are read', 'huge.png', () => headOf(30_000, 15_000), /more than 268 million pixels/],
  ['a text in it', 'text.png', async () => Buffer.from('no picture'), /unsupported image format/],
  ['half of it missing', 'cut.png', async () => picture.subarray(0, picture.length / 2), /cannot be read/],
])('a file with %s is refused clearly', async (_, name, make, message) => {
  expect(await detect(name, await make())).toMatchObject({
    ok: false,
    error: { code: 'ImageUnreadable', message: expect.stringMatching(message) },
  })
})
