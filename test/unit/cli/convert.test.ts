import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colouredPicture } from '../../fixtures/coloured-picture.ts'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const boxes = [
  { box_2d: [100, 200, 300, 450], label: 'cat' },
  { box_2d: [0, 0, 1000, 1000], label: 'dog' },
]
const answer = (text: string, finishReason = 'STOP') => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
  usageMetadata: { promptTokenCount: 1199, candidatesTokenCount: 60, totalTokenCount: 1259 },
  modelVersion: 'gemini-3.8-flash',
})
const replies: Readonly<Record<string, string>> = {
  'plain.json': JSON.stringify(boxes),
  'raw.png.json': JSON.stringify(answer(JSON.stringify(boxes))),
  'deep/fenced.txt': `Here they are:\n\`\`\`json\n${JSON.stringify(boxes)}\n\`\`\``,
  'wrapped.json': JSON.stringify({ detections: boxes }),
  'cut.json': JSON.stringify(answer(JSON.stringify(boxes).slice(0, -12), 'MAX_TOKENS')),
  'empty.json': '[]',
  'blocked.json': JSON.stringify({ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }),
  'fractions.json': JSON.stringify([{ box_2d: [0.1, 0.2, 0.3, 0.4], label: 'cat' }]),
  'gone.json': JSON.stringify(boxes),
  'batch.jsonl': `${JSON.stringify({ key: 'one.png', response: answer(JSON.stringify(boxes)) })}\n${JSON.stringify({ key: 'two.png', error: { code: 13, message: 'internal' } })}\n`,
}
const pictures = 'plain raw deep/fenced wrapped cut empty blocked fractions one two'
  .split(' ')
  .map((name) => `${name}.png`)
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-convert-'))
  const picture = await colouredPicture(400, 200, [])
  for (const [name, text] of Object.entries(replies)) await put(join('replies', name), text)
  for (const name of pictures) await put(join('photos', name), picture)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function put(name: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true })
  await writeFile(join(folder, name), content)
}

const read = async (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
const readJson = async (name: string): Promise<unknown> => JSON.parse(await read(name))

/** Runs `understudy convert --json` in the test's folder: no stack, no project. */
const convert = (words: string): Promise<{ code: number; told: unknown; stderr: string }> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, 'convert', '--json', ...words.split(' ')],
      { cwd: folder },
      (_, stdout, stderr) =>
        resolve({
          code: child.exitCode ?? -1,
          told: stdout === '' ? null : JSON.parse(stdout),
          stderr,
        }),
    )
  })

const skippedOnes = [
  { file: 'blocked.json', kind: 'blocked' },
  { file: 'batch.jsonl, line 2', kind: 'unreadable' },
  { file: 'cut.json', kind: 'cut' },
  { file: 'fractions.json', kind: 'unreadable' },
  { file: 'gone.json', kind: 'no-picture' },
  { file: 'two.png', kind: 'no-labels' },
]

describe("understudy convert, from Gemini's replies", () => {
  it('reads every shape of a reply in the frame of its picture, and names what it cannot take', async () => {
    const { code, told } = await convert('replies --from gemini --to coco --out boxes.json --images photos')
    expect(code).toBe(1)
    expect(told).toMatchObject({ images: 7, boxes: 11, classes: ['cat', 'dog'] })
    const { skipped } = told as { skipped: readonly { file: string; kind: string }[] }
    expect(skipped).toHaveLength(skippedOnes.length)
    expect(skipped).toEqual(
      expect.arrayContaining(skippedOnes.map((one) => expect.objectContaining(one) as unknown)),
    )
    const coco = (await readJson('boxes.json')) as {
      images: { id: number; file_name: string; width: number }[]
      annotations: { image_id: number; bbox: number[] }[]
    }
    expect(coco.images.map(({ file_name: name }) => name).sort()).toEqual(
      ['cut', 'deep/fenced', 'empty', 'one', 'plain', 'raw', 'wrapped'].map((name) => `${name}.png`),
    )
    for (const [name, found] of [
      ['plain.png', 2],
      ['cut.png', 1],
      ['empty.png', 0],
    ] as const) {
      const image = coco.images.find(({ file_name: file }) => file === name)
      const own = coco.annotations.filter(({ image_id: of }) => of === image?.id)
      expect(own).toHaveLength(found)
      if (found > 0) expect(own[0]?.bbox).toEqual([80, 20, 100, 40])
    }
  })

  it.each([
    ['s3://bucket/set', 's3://bucket/set/deep/fenced.png'],
    ['gs://bucket/set/', 'gs://bucket/set/deep/fenced.png'],
    ['https://host/a%20b', 'https://host/a%20b/deep/fenced.png'],
    ['/data/local-files/?d=photos', '/data/local-files/?d=photos/deep/fenced.png'],
  ])('names pictures for Label Studio under %s', async (prefix, address) => {
    await convert(
      `replies --from gemini --to label-studio --out tasks.json --images photos --image-prefix ${prefix}`,
    )
    const tasks = (await readJson('tasks.json')) as { data: { image: string }; predictions: unknown[] }[]
    expect(tasks.map(({ data }) => data.image)).toContain(address)
    expect(tasks).toHaveLength(7)
    expect(tasks.find(({ data }) => data.image.endsWith('empty.png'))?.predictions).toEqual([
      { model_version: 'understudy', result: [] },
    ])
    expect(await read('tasks.config.xml')).toContain('<Label value="dog"')
  })

  it('takes only the classes that are asked for, in their order', async () => {
    const { told } = await convert('replies --from gemini --to yolo --out labels --classes dog,bird')
    expect(told).toMatchObject({ classes: ['dog', 'bird'] })
    expect(await read('labels/classes.txt')).toBe('dog\nbird\n')
    expect(await read('labels/plain.txt')).toBe('0 0.50000000 0.50000000 1.00000000 1.00000000\n')
    expect(await read('labels/empty.txt')).toBe('')
  })

  it('says that COCO needs the pictures, and why nothing came of it', async () => {
    const { code, stderr } = await convert('replies/blocked.json --from gemini --to coco --out none.json')
    expect(code).toBe(1)
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'BadInput', why: 'blocked.json: blocked: prompt: PROHIBITED_CONTENT' },
    })
  })
})

describe('understudy convert, there and back', () => {
  it.each(['label-studio', 'yolo', 'coco'])('keeps boxes, names and classes by way of %s', async (format) => {
    const there = await convert(
      `replies/plain.json --from gemini --to ${format} --out via-${format} --images photos/plain.png`,
    )
    expect(there.code).toBe(0)
    const file = { 'label-studio': '/tasks.json', yolo: '', coco: '/annotations.coco.json' }[format] ?? ''
    const back = await convert(`via-${format}${file} --from ${format} --to gemini --out back-${format}`)
    expect(back.code).toBe(0)
    const name = format === 'yolo' ? 'plain.json' : 'plain.png.json'
    expect(await readJson(join(`back-${format}`, name))).toEqual(boxes)
  })
})
