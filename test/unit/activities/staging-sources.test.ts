import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { listFolder } from '../../../activities/folder-files.ts'
import { stageSources } from '../../../activities/staging-sources.ts'
import { sourceGroupOf } from '../../../domain/source-group.ts'

let from: string
let to: string
beforeEach(async () => {
  from = await mkdtemp(join(tmpdir(), 'sources-'))
  to = await mkdtemp(join(tmpdir(), 'staged-'))
})
afterEach(() => Promise.all([from, to].map((folder) => rm(folder, { recursive: true }))))

const tools = {
  download: (address: string) =>
    address.includes('gone')
      ? Promise.reject(new Error('the server answered 404'))
      : Promise.resolve(Buffer.from(address)),
  async *frames(path: string) {
    for (const name of ['000000.000s', '000001.000s']) yield { name, encoded: Buffer.from(`${path} ${name}`) }
  },
  onProgress: () => undefined,
}

it('lays files, folders, addresses and videos out as one folder, each once, and lists what is missing', async () => {
  await mkdir(join(from, 'photos/more'), { recursive: true })
  await mkdir(join(from, 'other'), { recursive: true })
  for (const name of ['photos/a.png', 'photos/more/b.jpg', 'other/a.png', 'yard.mp4', 'photos/notes.txt']) {
    await writeFile(join(from, name), name)
  }
  const unstaged = await stageSources(
    [
      join(from, 'photos'),
      join(from, 'other/a.png'),
      join(from, 'yard.mp4'),
      'https://example.org/pictures/c.webp?signature=secret',
      'https://example.org/gone.png?signature=secret',
      join(from, 'missing.png'),
    ],
    to,
    tools,
  )
  const { images, others } = await listFolder(to)
  expect(images).toEqual([
    'a-2.png',
    'a.png',
    'more/b.jpg',
    'videos/yard.mp4/000000.000s.png',
    'videos/yard.mp4/000001.000s.png',
    'web/example.org/pictures/c.webp',
  ])
  expect(others).toEqual(['notes.txt'])
  expect(await readFile(join(to, 'a-2.png'), 'utf8')).toBe('other/a.png')
  expect(unstaged.map(({ path, reason }) => [path.replace(from, ''), reason])).toEqual([
    ['https://example.org/gone.png', 'not-downloaded'],
    ['/missing.png', 'unreadable-file'],
  ])
  expect(JSON.stringify(unstaged)).not.toContain('secret')
})

it('makes one group of a video, in both ways of grouping', () => {
  for (const mode of ['near-duplicates', 'folder'] as const) {
    expect(sourceGroupOf('videos/yard.mp4/000001.000s.png', mode)).toBe('videos/yard.mp4')
  }
})
