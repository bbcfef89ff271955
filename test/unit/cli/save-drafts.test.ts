import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DraftedPicture } from '../../../activities/compose-drafts.ts'
import { draftAnnotations, saveDrafts } from '../../../cli/draft/save-drafts.ts'
import { classColour } from '../../../domain/class-colours.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-save-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const drafted = (
  digit: string,
  source: string,
  change: Partial<DraftedPicture['draft']> = {},
): DraftedPicture => ({
  image: digit.repeat(64),
  sources: [source],
  size: { width: 640, height: 480 },
  load: async () => new TextEncoder().encode(`bytes of ${source}`),
  draft: {
    v: 1,
    image: digit.repeat(64),
    promptVersion: 'a'.repeat(64),
    status: 'ok',
    boxes: [{ class: 'WBC', xyxy: [1, 2, 30, 40], score: null }],
    faults: [],
    blockReason: null,
    teacher: { vendor: 'gemini', endpoint: 'simulated', model: 'gemini-3.8-flash', modelVersion: null },
    usage: { prompt: 1200, output: 60, thoughts: 10 },
    usd: 0.001,
    callId: 'call',
    createdAt: '2026-11-21T01:00:00Z',
    ...change,
  },
})

async function* each(pictures: readonly DraftedPicture[]): AsyncIterable<DraftedPicture> {
  yield* pictures
}

/** What would be drawn, as text instead of a picture. */
const asText = async (encoded: Uint8Array, annotations: unknown): Promise<Uint8Array> =>
  new TextEncoder().encode(`${new TextDecoder().decode(encoded)} ${JSON.stringify(annotations)}`)

const save = (pictures: readonly DraftedPicture[], counts: number[] = []) =>
  saveDrafts(each(pictures), {
    folder: join(folder, 'drafts'),
    classes: ['RBC', 'WBC'],
    annotate: asText,
    onSaved: (count) => counts.push(count),
  })

it('writes JSON and an annotated picture for each draft, under the name of its file', async () => {
  const counts: number[] = []
  expect(await save([drafted('1', 'plate/one.jpg'), drafted('2', 'two.jpg')], counts)).toBe(2)
  expect(counts).toEqual([1, 2])
  const files = (await readdir(join(folder, 'drafts'))).toSorted()
  expect(files).toEqual(['one.jpg.json', 'one.jpg.png', 'two.jpg.json', 'two.jpg.png'])
  expect(JSON.parse(await readFile(join(folder, 'drafts/one.jpg.json'), 'utf8'))).toMatchObject({
    image: 'plate/one.jpg',
    sha256: '1'.repeat(64),
    width: 640,
    height: 480,
    status: 'ok',
    boxes: [{ class: 'WBC', score: null, xyxy: [1, 2, 30, 40] }],
    teacher: { endpoint: 'simulated' },
    usd: 0.001,
  })
  expect(await readFile(join(folder, 'drafts/two.jpg.png'), 'utf8')).toContain('bytes of two.jpg')
})

it('keeps images apart whose files have one name, and never leaves the folder', async () => {
  expect(
    await save([drafted('1', 'a/one.jpg'), drafted('2', 'b/one.jpg'), drafted('3', '..\\one.jpg')]),
  ).toBe(3)
  const files = (await readdir(join(folder, 'drafts'))).filter((file) => file.endsWith('.json'))
  expect(files.toSorted()).toEqual(['222222222222-one.jpg.json', '333333333333-one.jpg.json', 'one.jpg.json'])
  expect(await readdir(folder)).toEqual(['drafts'])
})

it('tells a refused image from an empty one', async () => {
  await save([drafted('1', 'one.jpg', { status: 'blocked', boxes: [], blockReason: 'SAFETY' })])
  const text = await readFile(join(folder, 'drafts/one.jpg.json'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ status: 'blocked', blockReason: 'SAFETY', boxes: [] })
})

it('draws each class in its colour, with the score where there is one', () => {
  const boxes = [
    { class: 'RBC', xyxy: [0, 0, 9, 9] as [number, number, number, number], score: 2 / 3 },
    { class: 'WBC', xyxy: [5, 5, 9, 9] as [number, number, number, number], score: null },
  ]
  expect(draftAnnotations(drafted('1', 'one.jpg', { boxes }), ['RBC', 'WBC'])).toMatchObject([
    { label: 'RBC 0.67', colour: classColour(0) },
    { label: 'WBC', colour: classColour(1) },
  ])
})
