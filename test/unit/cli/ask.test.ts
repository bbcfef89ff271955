import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const pictures = fileURLToPath(new URL('../../../demo/blood-cells/images/', import.meta.url))
const [first, second] = ['BloodImage_00000.jpg', 'BloodImage_00003.jpg'].map((name) => join(pictures, name))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-ask-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs `understudy ask` in an empty folder: the real SDK talks to the simulator that the command starts. */
const ask = (words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const { GEMINI_API_KEY: _a, GOOGLE_API_KEY: _b, ...env } = process.env
    const child = execFile(
      process.execPath,
      [main, 'ask', ...words],
      { cwd: folder, env },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr })
      },
    )
  })

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('understudy ask', () => {
  it.each([
    [
      'boxes',
      {
        label: 'WBC',
        xyxy: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
      },
    ],
    ['points', { label: 'WBC', xy: [expect.any(Number), expect.any(Number)] }],
    ['masks', { label: 'WBC', xyxy: expect.any(Array), polygons: [expect.any(Array)] }],
    [
      'boxes3d',
      { label: 'WBC', box3d: { centre: expect.any(Array), size: expect.any(Array), rotation: [0, 0, 0] } },
    ],
  ])('finds %s, prints a line a picture, and draws them', async (form, item) => {
    const words = [first ?? '', 'every WBC', '--as', form, '--simulate', '--json', '--save', form]
    const { code, stdout, stderr } = await ask(words)
    expect(code).toBe(0)
    expect(lines(stdout)).toEqual([
      { image: first, width: 640, height: 480, items: expect.arrayContaining([item]) },
    ])
    expect(stderr).toContain('Simulated teacher')
    expect(stderr).toMatch(/1 calls, [\d,]+ tokens, \$0\.00\d+/)
    const drawn = await sharp(join(folder, form, 'BloodImage_00000.jpg.png')).metadata()
    expect([drawn.width, drawn.height]).toEqual([640, 480])
    const saved: unknown = JSON.parse(await readFile(join(folder, form, 'BloodImage_00000.jpg.json'), 'utf8'))
    expect(saved).toEqual(lines(stdout)[0])
  })

  it('answers in words about several pictures together', async () => {
    const { stdout } = await ask([
      first ?? '',
      second ?? '',
      'What differs?',
      '--as',
      'text',
      '--together',
      '--think',
      '--simulate',
      '--json',
    ])
    expect(lines(stdout)).toMatchObject([
      { image: first, text: expect.stringContaining('Image 2 shows') },
      { image: second, text: expect.stringContaining('simulator') },
    ])
  })

  it('finds on each of several pictures what one question asks for', async () => {
    const { stdout, stderr } = await ask([
      first ?? '',
      second ?? '',
      'every WBC',
      '--together',
      '--simulate',
      '--json',
    ])
    expect(lines(stdout).map(({ image }) => image)).toEqual([first, second])
    expect(stderr).toContain('2 images, 1 call,')
  })

  it('asks nobody with --dry-run, and never the simulator unasked', async () => {
    const dry = await ask([pictures, 'every WBC', '--simulate', '--limit', '12', '--dry-run'])
    expect(dry).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('12 images, 12 calls') })
    const unasked = await ask([first ?? '', 'every WBC'])
    expect(unasked).toMatchObject({ code: 1, stderr: expect.stringContaining('There is nobody to ask') })
  })

  it('stops before a call that might pass the budget', async () => {
    const { code, stdout, stderr } = await ask([
      first ?? '',
      second ?? '',
      'every WBC',
      '--simulate',
      '--budget',
      '0.033',
      '--json',
    ])
    expect(code).toBe(1)
    expect(lines(stdout)).toHaveLength(1)
    expect(stderr).toContain('might pass the budget of $0.033')
  })

  it('goes on with the rest when a picture cannot be answered for', async () => {
    const photo = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#123456' } })
      .png()
      .toFile(join(folder, 'plain.png'))
    expect(photo.width).toBe(300)
    const { code, stdout, stderr } = await ask([
      'plain.png',
      first ?? '',
      'every WBC',
      '--simulate',
      '--json',
    ])
    expect(code).toBe(1)
    expect(lines(stdout)).toMatchObject([{ image: first }])
    expect(stderr).toContain('plain.png: ')
  })
})
