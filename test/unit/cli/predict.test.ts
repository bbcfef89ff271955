import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPictures } from '../../../cli/picture-files.ts'
import { colouredPicture } from '../../fixtures/coloured-picture.ts'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const model = fileURLToPath(new URL('../../fixtures/models/red-blue.onnx', import.meta.url))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-predict-'))
  const picture = await colouredPicture(64, 64, [{ left: 16, top: 0, side: 16, colour: '#ff0000' }])
  await mkdir(join(folder, 'photos', 'more'), { recursive: true })
  await writeFile(join(folder, 'photos', 'a.png'), picture)
  await writeFile(join(folder, 'photos', 'more', 'a.png'), picture)
  await writeFile(join(folder, 'photos', 'notes.txt'), 'not a picture')
  await writeFile(join(folder, 'broken.png'), 'not a picture either')
  await sharp(picture)
    .resize(64, 32, { fit: 'fill' })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toFile(join(folder, 'turned.jpg'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `understudy predict` in the test's folder: no stack, no project. */
const predict = (...commandLine: string[]): Promise<Ended> => predictWith({}, ...commandLine)

const predictWith = (
  { stdin = '', env = process.env }: { readonly stdin?: string; readonly env?: NodeJS.ProcessEnv },
  ...commandLine: string[]
): Promise<Ended> =>
  new Promise((resolve) => {
    const words = [main, 'predict', '--model', model, ...commandLine]
    const child = execFile(process.execPath, words, { cwd: folder, env }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
    child.stdin?.end(stdin)
  })

const lines = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))

describe('understudy predict', () => {
  it('prints one JSON line an image, in pixels of the image as it is displayed', async () => {
    const { code, stdout } = await predict('--json', 'photos', 'turned.jpg')
    expect(code).toBe(0)
    const found = { class: 'red', score: expect.closeTo(1, 1), xyxy: [16, 0, 32, 16] }
    expect(lines(stdout)).toEqual([
      { image: 'photos/a.png', width: 64, height: 64, boxes: [found] },
      { image: 'photos/more/a.png', width: 64, height: 64, boxes: [found] },
      { image: 'turned.jpg', width: 32, height: 64, boxes: expect.any(Array) },
    ])
  })

  it('does the rest of the batch when pictures are bad, names them, and ends with 1', async () => {
    const { code, stdout, stderr } = await predict('--json', 'broken.png', 'photos/a.png', 'missing.png')
    expect(code).toBe(1)
    expect(lines(stdout)).toMatchObject([{ image: 'photos/a.png' }])
    expect(stderr).toContain('broken.png: The picture cannot be read')
    expect(stderr).toContain('missing.png: The picture cannot be read')
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'ImageUnreadable', what: '2 of 3 pictures could not be read.' },
    })
  })

  it('says in words what it found, and how fast', async () => {
    const { code, stdout, stderr } = await predict('photos/a.png', 'broken.png')
    expect(code).toBe(1)
    expect(stdout).toBe('photos/a.png: 1 red\n')
    expect(stderr).toMatch(/2 of 2 images, [\d.]+ images\/s, 1 could not be read/)
  })

  it('leaves out boxes below the confidence', async () => {
    const { stdout } = await predict('photos/a.png', '--conf', '1')
    expect(stdout).toBe('photos/a.png: nothing found\n')
  })

  it('saves a file an image, those of folders below their folders', async () => {
    await predict('photos', '--save', 'json', '--out', 'saved')
    expect((await readdir(join(folder, 'saved'), { recursive: true })).sort()).toEqual([
      'a.png.json',
      'more',
      'more/a.png.json',
    ])
    expect(JSON.parse(await readFile(join(folder, 'saved', 'a.png.json'), 'utf8'))).toMatchObject({
      image: 'photos/a.png',
    })
  })

  it('saves pictures with the boxes drawn', async () => {
    await predict('photos/a.png', '--save', 'png', '--out', 'drawn')
    const drawn = await sharp(join(folder, 'drawn', 'a.png.png'))
      .raw()
      .toBuffer()
    const plain = await sharp(join(folder, 'photos', 'a.png'))
      .raw()
      .toBuffer()
    expect(drawn.equals(plain)).toBe(false)
    expect(drawn).toHaveLength(plain.length)
  })

  it('takes patterns, and a list of paths on standard input, each picture once', async () => {
    const { code, stdout } = await predictWith(
      { stdin: 'turned.jpg\n\nphotos/more/a.png\n' },
      '--json',
      'photos/**/*.png',
      '-',
    )
    expect(code).toBe(0)
    expect(lines(stdout)).toMatchObject([
      { image: 'photos/a.png' },
      { image: 'photos/more/a.png' },
      { image: 'turned.jpg' },
    ])
  })

  it('leaves out boxes of other classes, and saves rows with scores that training tools read', async () => {
    const words = ['two.png', '--save', 'txt', '--out', 'rows']
    await writeFile(
      join(folder, 'two.png'),
      await colouredPicture(64, 64, [
        { left: 16, top: 0, side: 16, colour: '#ff0000' },
        { left: 32, top: 48, side: 16, colour: '#0000ff' },
      ]),
    )
    expect((await predict(...words)).stdout).toBe('two.png: 1 red, 1 blue\n')
    const rows = await readFile(join(folder, 'rows', 'two.txt'), 'utf8')
    expect(rows.trim().split('\n')).toEqual([
      expect.stringMatching(/^0 0\.375\d* 0\.125\d* 0\.25\d* 0\.25\d* (1|0\.99)/),
      expect.stringMatching(/^1 0\.625\d* 0\.875\d* 0\.25\d* 0\.25\d* (1|0\.99)/),
    ])
    expect(await readFile(join(folder, 'rows', 'classes.txt'), 'utf8')).toBe('red\nblue\n')
    expect((await predict('two.png', '--classes', 'blue')).stdout).toBe('two.png: 1 blue\n')
  })

  it('saves one COCO file for all pictures', async () => {
    await predict('photos', 'broken.png', '--save', 'coco', '--out', 'coco')
    const coco = JSON.parse(await readFile(join(folder, 'coco', 'predictions.coco.json'), 'utf8'))
    expect(coco.images).toEqual([
      { id: 1, file_name: 'a.png', width: 64, height: 64 },
      { id: 2, file_name: 'more/a.png', width: 64, height: 64 },
    ])
    expect(coco.annotations).toMatchObject([
      { id: 1, image_id: 1, category_id: 1, bbox: [16, 0, 16, 16], area: 256, iscrowd: 0 },
      { id: 2, image_id: 2, category_id: 1, score: expect.closeTo(1, 1) },
    ])
  })

  it('says how to get ffmpeg when there is none and none can be installed, before any work', async () => {
    await writeFile(join(folder, 'clip.mp4'), 'a video')
    const { code, stdout, stderr } = await predictWith(
      { env: { ...process.env, PATH: folder, UNDERSTUDY_CACHE: join(folder, 'cache') } },
      '--json',
      'photos',
      'clip.mp4',
    )
    expect([code, stdout]).toEqual([1, ''])
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'ToolchainFailed', fix: expect.stringContaining('apt install ffmpeg') },
    })
  })

  it.each([
    ['a class the model does not know', ['--classes', 'red,gren', 'photos'], 'BadInput'],
    ['a model that is not there', ['--model', 'none.onnx', 'photos'], 'NotFound'],
    ['a model that is none', ['--model', 'photos/notes.txt', 'photos'], 'ModelUnreadable'],
    ['a champion without a project', ['--model', 'champion', 'photos'], 'BadConfig'],
    ['an empty folder', ['empty'], 'BadInput'],
    ['a confidence of three', ['--conf', '3', 'photos'], 'BadInput'],
  ])('fails with its code for %s', async (_, commandLine, code) => {
    await mkdir(join(folder, 'empty'), { recursive: true })
    const ended = await predict('--json', ...commandLine)
    expect(ended.code).toBe(1)
    expect(ended.stdout).toBe('')
    expect(JSON.parse(ended.stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code } })
  })
})

describe('findPictures', () => {
  it('leaves out what is no file, such as a pipe or a socket, which would be waited for without end', async () => {
    const odd = join(folder, 'odd')
    await mkdir(odd)
    await writeFile(join(odd, 'a.png'), '')
    const server = createServer().listen(join(odd, 'socket.png'))
    await once(server, 'listening')
    try {
      expect(await findPictures([odd])).toEqual([{ path: join(odd, 'a.png'), name: 'a.png' }])
    } finally {
      server.close()
    }
  })

  it('gives every picture a name of its own and keeps the order', async () => {
    const photos = join(folder, 'photos')
    const found = await findPictures([join(photos, 'more', 'a.png'), photos, join(folder, 'missing.png')])
    expect(found).toEqual([
      { path: join(photos, 'more', 'a.png'), name: 'more/a.png' },
      { path: join(photos, 'a.png'), name: 'a.png' },
      { path: join(folder, 'missing.png'), name: 'missing.png' },
    ])
    expect(await findPictures([join(folder, 'ph*', '**')])).toMatchObject([
      { name: join('photos', 'a.png') },
      { name: join('photos', 'more', 'a.png') },
    ])
    const [first, second] = await findPictures([join(photos, 'a.png'), join(photos, 'more', 'a.png')])
    expect([first?.name, second?.name]).toEqual(['a.png', '2-a.png'])
  })
})
