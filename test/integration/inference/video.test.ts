import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { videoFrames } from '../../../activities/adapters/ffmpeg/video-frames.ts'

const { failed: noFfmpeg } = await execa('ffmpeg', ['-version'], { reject: false })
let folder = ''
let clip = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-video-'))
  clip = join(folder, '映像 -i clip.mkv')
  if (noFfmpeg) return
  // Frame n of 35, ten a second, is a grey of 5n.
  const grey = 'color=c=black:s=64x48:r=10:d=3.5,format=gray,geq=lum=5*N'
  await execa('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', grey, '-c:v', 'ffv1', `file:${clip}`])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const greys = async (every: number): Promise<[number, number][]> => {
  const found: [number, number][] = []
  for await (const { seconds, encoded } of videoFrames(clip, every)) {
    const { data } = await sharp(encoded).raw().toBuffer({ resolveWithObject: true })
    found.push([seconds, data[0] ?? -1])
  }
  return found
}

// Where there is no ffmpeg, the unit tests hold what a person is told.
describe.skipIf(noFfmpeg)('frames of a video', () => {
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

  it('are not read on when nobody wants more', async () => {
    for await (const { seconds } of videoFrames(clip, 0.1)) {
      expect(seconds).toBe(0)
      break
    }
  })

  it('of something else are refused with what ffmpeg says', async () => {
    const path = join(folder, 'broken.mp4')
    await writeFile(path, 'no video')
    await expect(videoFrames(path, 1).next()).rejects.toMatchObject({
      code: 'ImageUnreadable',
      message: expect.stringContaining('Invalid data'),
    })
  })
})
