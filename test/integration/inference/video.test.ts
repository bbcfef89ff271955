import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sceneFrames, videoFrames } from '../../../activities/adapters/ffmpeg/video-frames.ts'
import { ensureFfmpeg } from '../../../infra/toolchain/ensure-ffmpeg.ts'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const model = fileURLToPath(new URL('../../fixtures/models/red-blue.onnx', import.meta.url))
const { signal } = new AbortController()
let folder = ''
let clip = ''
let program = ''

const make = (source: string, path: string, codec: string[]): Promise<unknown> =>
  execa(program, ['-v', 'error', '-f', 'lavfi', '-i', source, ...codec, `file:${path}`])

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-video-'))
  program = await ensureFfmpeg({ signal, onProgress: () => {} })
  clip = join(folder, '映像 -i clip.mkv')
  // Frame n of 35, ten a second, is a grey of 5n.
  const grey = 'color=c=black:s=64x48:r=10:d=3.5,format=gray,geq=lum=5*N'
  await make(grey, clip, ['-c:v', 'ffv1'])
}, 180_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const framesOf = (path: string, everySeconds: number, stop = signal) =>
  videoFrames(path, { program, everySeconds, signal: stop })

const greys = async (every: number): Promise<[number, number][]> => {
  const found: [number, number][] = []
  for await (const { seconds, encoded } of framesOf(clip, every)) {
    const { data } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true })
    found.push([seconds, data[0] ?? -1])
  }
  return found
}

describe('frames of a video', () => {
  it('are those of the times they say, from the first on', async () => {
    expect(await greys(1)).toEqual([
      [0, 0],
      [1, 50],
      [2, 100],
      [3, 150],
    ])
    expect((await greys(0.5)).slice(0, 3)).toEqual([
      [0, 0],
      [0.5, 25],
      [1, 50],
    ])
  })

  it('begin the scenes, each once', async () => {
    const scenes = join(folder, 'scenes.mkv')
    const colours = ['red', 'lime', 'blue'].flatMap((colour) => [
      '-f',
      'lavfi',
      '-i',
      `color=${colour}:s=64x48:r=10:d=2`,
    ])
    const joined = ['-filter_complex', '[0][1][2]concat=n=3:v=1', '-c:v', 'ffv1', `file:${scenes}`]
    await execa(program, ['-v', 'error', ...colours, ...joined])
    const found: string[] = []
    for await (const encoded of sceneFrames(scenes, { program, change: 0.3, signal })) {
      const { dominant } = await sharp(encoded).stats()
      found.push([dominant.r, dominant.g, dominant.b].map((value) => (value > 127 ? 1 : 0)).join(''))
    }
    expect(found).toEqual(['100', '010', '001'])
  })

  it('are not read on when nobody wants more', async () => {
    for await (const { seconds } of framesOf(clip, 0.1)) {
      expect(seconds).toBe(0)
      break
    }
  })

  it('of something else are refused with what ffmpeg says', async () => {
    const path = join(folder, 'broken.mp4')
    await writeFile(path, 'no video')
    await expect(framesOf(path, 1).next()).rejects.toMatchObject({
      code: 'ImageUnreadable',
      message: expect.stringContaining('Invalid data') as string,
    })
  })

  it('of a video that breaks off are given as far as they go, and then it is said', async () => {
    const whole = await readFile(clip)
    const path = join(folder, 'cut.mkv')
    await writeFile(path, whole.subarray(0, Math.round(whole.length / 2)))
    const seen: number[] = []
    const read = async () => {
      for await (const { seconds } of framesOf(path, 0.1)) seen.push(seconds)
    }
    await expect(read()).rejects.toMatchObject({
      code: 'ImageUnreadable',
      message: expect.stringMatching(/damaged; \d+ frames of it were read: .*prematurely/) as string,
    })
    expect(seen.length).toBeGreaterThan(2)
    expect(seen.length).toBeLessThan(35)
  })

  it('end at once, with their program, when a person interrupts', async () => {
    const long = join(folder, 'long.mkv')
    await make('testsrc2=s=640x480:r=25:d=20', long, ['-c:v', 'mjpeg'])
    const stop = new AbortController()
    let frames = 0
    const read = async () => {
      for await (const _ of framesOf(long, 0.04, stop.signal)) {
        frames += 1
        if (frames === 2) stop.abort()
      }
    }
    await expect(read()).rejects.toMatchObject({ code: 'Interrupted' })
    expect(frames).toBeLessThan(100)
    const { stdout } = await execa('ps', ['-eo', 'args'])
    expect(stdout).not.toContain(long)
  })

  it('go through the model like pictures, named by their time, beside a broken video', async () => {
    const red = join(folder, 'red square.mp4')
    await make('color=c=red:s=64x64:r=5:d=2', red, ['-c:v', 'mpeg4'])
    const broken = join(folder, 'empty.mp4')
    await writeFile(broken, '')
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [main, 'predict', red, broken, '--model', model, '--json', '--every', '1'],
      { cwd: folder, reject: false },
    )
    const lines = stdout.split('\n').map((line): { image: string; width: number } => JSON.parse(line))
    expect(lines.map(({ image }) => image)).toEqual([`${red}#t=0`, `${red}#t=1`])
    expect(lines[0]).toMatchObject({ width: 64, height: 64, boxes: expect.any(Array) as unknown[] })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('empty.mp4')])
    expect(stderr).toMatch(/2 images, [\d.]+ images\/s, 1 could not be read/)
  })
})
