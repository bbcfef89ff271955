import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { colouredPicture } from '../../fixtures/coloured-picture.ts'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const model = fileURLToPath(new URL('../../fixtures/models/red-blue.onnx', import.meta.url))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-odd-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('odd pictures get their boxes drawn like any other, and a bad one between them stops nothing', async () => {
  const picture = await colouredPicture(64, 64, [{ left: 16, top: 0, side: 16, colour: '#ff0000' }])
  const plain = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#ff0000' } })
  const odd: Record<string, Buffer> = {
    'cmyk.jpg': await sharp(picture).toColourspace('cmyk').jpeg().toBuffer(),
    'deep.png': await sharp(picture).toColourspace('rgb16').png().toBuffer(),
    'grey.png': await sharp(picture).toColourspace('grey16').png().toBuffer(),
    'palette.png': await sharp(picture).png({ palette: true, colours: 8 }).toBuffer(),
    'one.png': await plain(1, 1).png().toBuffer(),
    'panorama.jpg': await plain(30_000, 200).jpeg().toBuffer(),
    '写真 «один».png': picture,
  }
  for (const [name, content] of Object.entries(odd)) await writeFile(join(folder, name), content)
  await writeFile(join(folder, 'empty.jpg'), '')
  const { exitCode, stderr } = await execa(
    process.execPath,
    [main, 'predict', '.', '--model', model, '--conf', '0.1', '--save', 'png', '--out', 'drawn'],
    { cwd: folder, reject: false, stdin: 'ignore' },
  )
  expect(exitCode).toBe(1)
  expect(stderr).toContain('empty.jpg: The picture cannot be read: the file is empty')
  expect(stderr).toMatch(/8 of 8 images, [\d.]+ images\/s, 1 could not be read/)
  const drawn = await readdir(join(folder, 'drawn'))
  expect(drawn.sort()).toEqual(
    Object.keys(odd)
      .map((name) => `${name}.png`)
      .sort(),
  )
  const panorama = await sharp(join(folder, 'drawn', 'panorama.jpg.png')).metadata()
  expect(panorama).toMatchObject({ width: 30_000, height: 200 })
})
