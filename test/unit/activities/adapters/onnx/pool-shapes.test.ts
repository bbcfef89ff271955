import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  fastestShape,
  measureShapes,
  possibleShapes,
  usualShape,
} from '../../../../../activities/adapters/onnx/pool-shapes.ts'
import { recallShape, rememberShape } from '../../../../../activities/adapters/onnx/shape-memory.ts'
import { createDetector } from '../../../../../activities/adapters/onnx/detector.ts'
import type { PoolShape } from '../../../../../domain/contracts/inference.ts'

const shape = (workers: number, threads: number): PoolShape => ({ workers, threads })
const fixture = fileURLToPath(new URL('../../../../fixtures/models/red-blue.onnx', import.meta.url))
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-shapes-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the possible shapes', () => {
  it.each([
    [1, [shape(1, 1)]],
    [2, [shape(2, 1), shape(1, 2)]],
    [4, [shape(4, 1), shape(1, 4), shape(2, 2)]],
    [6, [shape(4, 1), shape(1, 6), shape(2, 3)]],
    [16, [shape(4, 1), shape(1, 16), shape(2, 8), shape(4, 4), shape(8, 2)]],
  ])('of %d cores begin with the usual one and use no more cores than there are', (cores, expected) => {
    expect(possibleShapes(cores)).toEqual(expected)
    expect(possibleShapes(cores)[0]).toEqual(usualShape(cores))
    expect(
      Math.max(...possibleShapes(cores).map(({ workers, threads }) => workers * threads)),
    ).toBeLessThanOrEqual(cores)
  })
})

describe('the fastest shape', () => {
  const usual = { shape: shape(2, 1), imagesPerSecond: 100 }

  it.each([
    ['clearly faster is taken', 115, shape(1, 2)],
    ['hardly faster is noise', 105, shape(2, 1)],
    ['slower is not taken', 50, shape(2, 1)],
  ])('%s', (_, imagesPerSecond, expected) => {
    expect(fastestShape([usual, { shape: shape(1, 2), imagesPerSecond }])).toEqual(expected)
  })
})

describe('measuring shapes', () => {
  /** A machine that needs so many milliseconds a picture with each shape, one picture after the other. */
  function machine(milliseconds: (shape: PoolShape) => number) {
    let clock = 0
    const seen: string[] = []
    return {
      seen,
      now: () => clock,
      run: async (of: PoolShape) => {
        seen.push(`${of.workers}x${of.threads}`)
        clock += milliseconds(of)
      },
    }
  }

  it('counts images a second of each, warm-up left out', async () => {
    let calls = 0
    // The first hundred pictures are slow: code that is not warm yet.
    const slowAtFirst = machine(({ threads }) => (threads === 2 ? 5 : 10) * ((calls += 1) < 100 ? 4 : 1))
    const measured = await measureShapes([shape(2, 1), shape(1, 2)], slowAtFirst.run, {
      milliseconds: 6000,
      now: slowAtFirst.now,
    })
    expect(measured.map(({ imagesPerSecond }) => Math.round(imagesPerSecond))).toEqual([100, 200])
  })

  it('lets the shapes take turns', async () => {
    const even = machine(() => 10)
    await measureShapes([shape(2, 1), shape(1, 2)], even.run, { milliseconds: 600, now: even.now })
    const changes = even.seen.filter((name, index) => index > 0 && name !== even.seen[index - 1])
    expect(changes.length).toBeGreaterThanOrEqual(7)
  })
})

describe('a measured shape', () => {
  const key = {
    modelBytes: 1000,
    imageSize: { width: 256, height: 256 },
    provider: 'cpu',
    runtime: '1.30.0',
    processor: 'a processor',
    cores: 2,
  }

  it('is remembered', async () => {
    await rememberShape(folder, key, shape(1, 2))
    await expect(recallShape(folder, key)).resolves.toEqual(shape(1, 2))
  })

  it.each([
    ['another model', { modelBytes: 1001 }],
    ['another input size', { imageSize: { width: 256, height: 192 } }],
    ['another provider', { provider: 'cuda' }],
    ['another runtime', { runtime: '1.31.0' }],
    ['another processor', { processor: 'another' }],
    ['more cores', { cores: 4 }],
  ])('does not count for %s', async (_, change) => {
    await expect(recallShape(folder, { ...key, ...change })).resolves.toBeNull()
  })

  it('counts as not measured when its file is damaged', async () => {
    const own = join(folder, 'damaged')
    await rememberShape(own, key, shape(1, 2))
    for (const name of await readdir(own)) await writeFile(join(own, name), '{"shape":{"workers":0')
    await expect(recallShape(own, key)).resolves.toBeNull()
  })
})

describe('tuning a detector', () => {
  it('measures nothing when the shape is given', async () => {
    const told: string[] = []
    const tuningFolder = join(folder, 'given')
    const detector = createDetector({ shape: shape(1, 1), tuningFolder, tell: (_, text) => told.push(text) })
    await expect(detector.tune(fixture)).resolves.toEqual(shape(1, 1))
    await detector.close()
    expect(told).toEqual([])
  })

  it('fails as opening does when the model cannot be opened', async () => {
    const detector = createDetector({ tuningFolder: folder })
    await expect(detector.tune(join(folder, 'none.onnx'))).rejects.toMatchObject({ code: 'NotFound' })
    await detector.close()
  })
})
