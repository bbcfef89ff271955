import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colouredPicture } from '../../fixtures/coloured-picture.ts'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const model = fileURLToPath(new URL('../../fixtures/models/red-blue.onnx', import.meta.url))
let folder = ''

const put = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(join(folder, path, '..'), { recursive: true })
  await writeFile(join(folder, path), content)
}

const category = [
  { id: 7, name: 'red' },
  { id: 9, name: 'blue' },
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-compare-'))
  const picture = await colouredPicture(64, 64, [{ left: 16, top: 0, side: 16, colour: '#ff0000' }])
  for (const name of ['a', 'b', '三']) await put(`photos/${name}.png`, picture)
  const images = ['a', 'b', '三'].map((name, index) => {
    return { id: index, file_name: `${name}.png`, width: 64, height: 64, licence: 1 }
  })
  // a: right; b: wrong class; 三: nothing there.
  const annotations = [
    { id: 1, image_id: 0, category_id: 7, bbox: [16, 0, 16, 16], segmentation: [] },
    { id: 2, image_id: 1, category_id: 9, bbox: [16, 0, 16, 16] },
  ]
  await put('truth.json', JSON.stringify({ info: {}, images, annotations, categories: category }))
  await put('list.json', JSON.stringify([{ image_id: 0, category_id: 7, bbox: [0, 0, 1, 1], score: 1 }]))
  await put('text.txt', 'boxes')
  await put('cut.jsonl', '{"image":"a.png","width":64,"height":64,"boxes":[]}\n{"image":"b.p')
  await put(
    'other.json',
    JSON.stringify({ images: [{ ...images[0], width: 32 }], annotations: [], categories: [] }),
  )
  await put('far.jsonl', '{"image":"zebra.png","width":64,"height":64,"boxes":[]}\n')
  await put('labels/a.txt', '0 0.375 0.125 0.25 0.25 0.9\n1 0.5 0.5 0.1 0.1 0.2\n')
  await put('labels/classes.txt', 'red\nblue\n')
  await put('nameless/a.txt', '0 0.375 0.125 0.25 0.25\n')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const compare = (...words: string[]) =>
  execa(process.execPath, [main, 'compare', ...words], { cwd: folder, reject: false, stdin: 'ignore' })

const asJson = async (...words: string[]): Promise<unknown> =>
  JSON.parse((await compare('--json', ...words)).stdout)

describe('understudy compare', () => {
  it('runs a model on the pictures and says how far it agrees with a COCO file', async () => {
    expect(await asJson('truth.json', model, '--images', 'photos')).toMatchObject({
      a: { name: 'truth.json', boxes: 2 },
      b: { name: model, boxes: 3 },
      images: 3,
      agreements: 1,
      f1: { value: 0.4 },
      kinds: { 'only-a': 0, 'only-b': 1, 'class-swap': 1 },
      worst: [
        { image: 'b.png', edits: 1, saved: null },
        { image: '三.png', edits: 1 },
      ],
    })
  })

  it('takes what predict wrote, in each of its forms, for the same', async () => {
    const predict = (...words: string[]) =>
      execa(process.execPath, [main, 'predict', 'photos', '--model', model, ...words], { cwd: folder })
    await put('lines.jsonl', (await predict('--json')).stdout)
    await predict('--save', 'txt', '--out', 'rows')
    await predict('--save', 'coco', '--out', 'coco')
    for (const other of ['rows', 'coco/predictions.coco.json'])
      expect(await asJson('lines.jsonl', other), other).toMatchObject({
        images: 3,
        agreements: 3,
        f1: { value: 1 },
        editsPerImage: { value: 0 },
        worst: [],
      })
  })

  it('leaves pictures without a label file out, unless it is told where the pictures are', async () => {
    expect(await asJson('truth.json', 'labels')).toMatchObject({ images: 1, onlyInA: 2, f1: { value: 1 } })
    expect(await asJson('labels', 'truth.json', '--images', 'photos')).toMatchObject({
      images: 3,
      kinds: { 'only-a': 0, 'only-b': 1 },
    })
  })

  it('draws the images with the most differences, both sources side by side', async () => {
    const { stdout, stderr } = await compare('truth.json', 'labels', '--images', 'photos', '--save', 'png')
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^all +2 +1 +1 +0\.667 +1 +0 +0 +0 +0 +0$/m)
    expect(stdout).toContain('b.png: 1 edits, comparison/001-b.png.png')
    const drawn = sharp(join(folder, 'comparison', '001-b.png.png'))
    expect(await drawn.metadata()).toMatchObject({ width: 2 * 64 + 8, height: 64 })
  })

  it('takes COCO files whose ids are words, and says what in them could not be read', async () => {
    const box = { image_id: 'a', category_id: 'r', bbox: [0, 0, 32, 32] }
    const file = {
      images: [{ id: 'a', file_name: 'a.png', width: 64, height: 64 }],
      annotations: [box, { ...box, image_id: 'gone' }],
      categories: [{ id: 'r', name: 'red' }],
    }
    await put('words.json', JSON.stringify(file))
    const { stdout, stderr } = await compare('--json', 'words.json', 'words.json')
    expect(JSON.parse(stdout)).toMatchObject({ images: 1, agreements: 1, f1: { value: 1 } })
    expect(stderr).toContain('image gone: unknown-image')
  })

  it('takes no list of pictures for their labels, but a picture of that name', async () => {
    await put('flat/classes.txt', 'red\n')
    await put('flat/train.txt', 'images/a.png\n')
    await put('flat/labels/a.txt', '0 0.5 0.5 1 1\n')
    await put('flat/labels/test.txt', '0 0.5 0.5 1 1\n')
    const { stderr } = await compare('truth.json', 'flat')
    expect(stderr).toContain('1 label files belong to no known picture')
  })

  it.each([
    ['a word that is nothing', ['nothing', 'truth.json'], 'NotFound', 'nothing'],
    ['a list of results', ['truth.json', 'list.json'], 'BadInput', 'list of COCO results'],
    ['a text', ['truth.json', 'text.txt'], 'BadInput', 'text.txt'],
    ['a line that is cut', ['truth.json', 'cut.jsonl'], 'BadInput', 'line 2'],
    ['no image in common', ['truth.json', 'far.jsonl'], 'BadInput', 'no image in common'],
    ['another size', ['truth.json', 'other.json'], 'BadInput', 'another picture'],
    ['classes without names', ['truth.json', 'nameless'], 'BadInput', 'called'],
    ['label files alone', ['labels', 'labels'], 'BadInput', 'sizes'],
    ['a project without a stack', ['teacher', 'reviews'], 'BadConfig', ''],
  ])('fails with its code for %s', async (_, words, code, what) => {
    const { exitCode, stdout, stderr } = await compare('--json', ...words)
    expect([exitCode, stdout]).toEqual([1, ''])
    expect(JSON.parse(stderr.split('\n').at(-1) ?? '')).toMatchObject({
      error: { code, what: expect.stringContaining(what) },
    })
  })

  it('counts what lies in a crowd region neither for nor against the other, and says that there is one', async () => {
    const crowd = { id: 1, image_id: 0, category_id: 7, bbox: [0, 0, 64, 64], iscrowd: 1 }
    const images = [{ id: 0, file_name: 'a.png', width: 64, height: 64 }]
    await put('crowd.json', JSON.stringify({ images, annotations: [crowd], categories: category }))
    const words = ['crowd.json', model, '--images', 'photos', '--save', 'png', '--out', 'crowds']
    const { stdout, stderr } = await compare('--json', ...words)
    expect(JSON.parse(stdout)).toMatchObject({
      a: { boxes: 0 },
      b: { boxes: 1 },
      agreements: 0,
      f1: { value: 1 },
      editsPerImage: { value: 0 },
      kinds: { 'only-b': 0 },
      worst: [],
    })
    expect(stderr).toContain('1 crowd regions')
  })

  it('takes names of classes from the command line', async () => {
    expect(await asJson('truth.json', 'nameless', '--names', 'red,blue')).toMatchObject({
      f1: { value: 1 },
    })
  })
})
