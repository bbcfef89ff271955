import { copyFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDetector } from '../../../../activities/adapters/onnx/detector.ts'
import { openModel } from '../../../../activities/adapters/onnx/open-model.ts'
import type { Detector, DetectionResult, ImageToDetect } from '../../../../activities/roles/detector.ts'
import { colouredPicture } from '../../../fixtures/coloured-picture.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/models/${name}`, import.meta.url))
const redBlue = fixture('red-blue.onnx')
const settings = { confidence: 0.5, iou: 0.7, maxDetections: 300 }

const detector = createDetector({ threads: 2 })
let folder = ''
let picture: Buffer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-onnx-'))
  picture = await colouredPicture(64, 64, [
    { left: 16, top: 0, side: 16, colour: '#ff0000' },
    { left: 32, top: 48, side: 16, colour: '#0000ff' },
  ])
})

afterAll(async () => {
  await detector.close()
  await rm(folder, { recursive: true, force: true })
})

const all = async (
  by: Detector,
  model: string,
  images: Iterable<ImageToDetect>,
): Promise<DetectionResult[]> => {
  const results: DetectionResult[] = []
  for await (const result of by.detect(model, images, settings)) results.push(result)
  return results
}

describe('a detector', () => {
  it('says what a model is', async () => {
    await expect(detector.describe(redBlue)).resolves.toEqual({
      classes: ['red', 'blue'],
      imageSize: { width: 32, height: 32 },
      task: 'detect',
      head: 'raw',
    })
  })

  it('finds objects in pixels of the picture', async () => {
    const [result] = await all(detector, redBlue, [{ id: 'a', source: picture }])
    expect(result).toEqual({
      id: 'a',
      ok: true,
      size: { width: 64, height: 64 },
      boxes: [
        { class: 'red', xyxy: [16, 0, 32, 16], score: expect.closeTo(1, 5) },
        { class: 'blue', xyxy: [32, 48, 48, 64], score: expect.closeTo(1, 5) },
      ],
    })
  })

  it('reads end-to-end models', async () => {
    const [result] = await all(detector, fixture('red-end-to-end.onnx'), [{ id: 'a', source: picture }])
    expect(result).toMatchObject({ ok: true, boxes: [{ class: 'red', xyxy: [16, 0, 32, 16] }] })
  })

  it('answers in the order of the pictures, bad ones among them', async () => {
    const good = join(folder, 'good.png')
    await writeFile(good, picture)
    const sources = [
      good,
      picture,
      join(folder, 'missing.png'),
      Buffer.from('text'),
      picture,
      Buffer.alloc(0),
      good,
    ]
    const results = await all(
      detector,
      redBlue,
      sources.map((source, index) => ({ id: String(index), source })),
    )
    expect(results.map(({ id, ok }) => [id, ok])).toEqual([
      ['0', true],
      ['1', true],
      ['2', false],
      ['3', false],
      ['4', true],
      ['5', false],
      ['6', true],
    ])
    expect(results[2]).toMatchObject({
      error: { code: 'ImageUnreadable', message: expect.stringContaining('ENOENT') },
    })
  })

  it('stops reading pictures when nobody wants the results', async () => {
    let read = 0
    function* endless(): Iterable<ImageToDetect> {
      for (;;) yield { id: String((read += 1)), source: picture }
    }
    for await (const result of detector.detect(redBlue, endless(), settings)) if (result.id === '3') break
    expect(read).toBeLessThan(30)
  })

  it('passes on a failure of the source of pictures', async () => {
    async function* failing(): AsyncIterable<ImageToDetect> {
      yield { id: 'a', source: picture }
      throw new Error('the store is away')
    }
    const run = async (): Promise<void> => {
      for await (const result of detector.detect(redBlue, failing(), settings)) expect(result.id).toBe('a')
    }
    await expect(run()).rejects.toThrow('the store is away')
  })

  it('opens a model again when its file has changed', async () => {
    const path = join(folder, 'changing.onnx')
    await copyFile(redBlue, path)
    await detector.describe(path)
    await copyFile(fixture('red-end-to-end.onnx'), path)
    await utimes(path, new Date(), new Date(Date.now() + 5000))
    await expect(detector.describe(path)).resolves.toMatchObject({ classes: ['red'] })
  })
})

describe('a model that cannot be used', () => {
  const cut = async (): Promise<string> => written('cut.onnx', (await readFile(redBlue)).subarray(0, 500))
  const written = async (name: string, content: Buffer | string): Promise<string> => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  /** Valid protobuf with a graph that is none. */
  const emptyGraph = Buffer.from([0x08, 0x09, 0x3a, 0x00])

  it.each([
    ['is missing', async () => join(folder, 'none.onnx'), 'NotFound', /no model file/],
    ['is cut off', cut, 'ModelUnreadable', /cut off after 500 bytes/],
    ['is empty', async () => written('empty.onnx', ''), 'ModelUnreadable', /no ONNX file/],
    ['is a text', async () => written('text.onnx', 'weights: none'), 'ModelUnreadable', /no ONNX file/],
    [
      'has an empty graph',
      async () => written('graph.onnx', emptyGraph),
      'ModelUnreadable',
      /ONNX Runtime says/,
    ],
    [
      'classifies',
      async () => fixture('no-detector.onnx'),
      'ModelUnsupported',
      /expected a detector .*found task "classify"/,
    ],
    [
      'calls its boxes masks',
      async () => fixture('red-blue-segment.onnx'),
      'ModelUnsupported',
      /expected mask prototypes .*found float32 \[1, 6, 16\]/,
    ],
    ['has no names', async () => fixture('red-blue-without-names.onnx'), 'ModelUnsupported', /class names/],
    [
      'has more names than outputs',
      async () => fixture('red-blue-three-names.onnx'),
      'ModelUnsupported',
      /\[1, 7, anchors\].*\[1, 6, 16\]/,
    ],
  ])('fails with its code when it %s', async (_, make, code, message) => {
    const path = await make()
    await expect(detector.describe(path)).rejects.toMatchObject({
      code,
      retryable: false,
      message: expect.stringMatching(message),
    })
    await expect(all(detector, path, [{ id: 'a', source: picture }])).rejects.toMatchObject({ code })
  })

  it('fails as unsupported when it answers a class it does not name', async () => {
    await expect(
      all(detector, fixture('red-wrong-class.onnx'), [{ id: 'a', source: picture }]),
    ).rejects.toMatchObject({
      code: 'ModelUnsupported',
      message: expect.stringContaining('class 5'),
    })
  })

  it('fails for its own sake even when the picture is bad too', async () => {
    const run = all(detector, fixture('no-detector.onnx'), [{ id: 'a', source: Buffer.from('text') }])
    await expect(run).rejects.toMatchObject({ code: 'ModelUnsupported' })
  })
})

describe('a thread that dies', () => {
  const mortal = (): Detector =>
    createDetector({
      threads: 2,
      threadEntry: new URL('../../../fixtures/threads/mortal-thread.ts', import.meta.url),
    })
  const ids = Array.from({ length: 12 }, (_, index) => String(index))

  it('is replaced, and its pictures are looked at once more', async () => {
    const marker = join(folder, 'marker')
    await writeFile(marker, '')
    const frail = mortal()
    const results = await all(
      frail,
      redBlue,
      ids.map((id) => ({ id, source: id === '5' ? Buffer.from(`poison-once ${marker}`) : picture })),
    )
    expect(results.map(({ id, ok }) => [id, ok])).toEqual(ids.map((id) => [id, id !== '5']))
    await frail.close()
  })

  it('fails only the picture that kills it again, and the detector goes on', async () => {
    const frail = mortal()
    const outcomes = await Promise.allSettled(
      ids.map((id) => all(frail, redBlue, [{ id, source: id === '5' ? Buffer.from('poison') : picture }])),
    )
    expect(outcomes.map(({ status }) => status)).toEqual(
      ids.map((id) => (id === '5' ? 'rejected' : 'fulfilled')),
    )
    expect(outcomes[5]).toMatchObject({
      reason: { code: 'Internal', retryable: true, message: expect.stringContaining('poisoned') },
    })
    await expect(all(frail, redBlue, [{ id: 'a', source: picture }])).resolves.toHaveLength(1)
    await frail.close()
  })
})

describe('a closed detector', () => {
  it('fails what was open and what comes later as interrupted', async () => {
    const short = createDetector({ threads: 1 })
    const open = short.describe(redBlue)
    const settled = expect(open).rejects.toMatchObject({ code: 'Interrupted' })
    await new Promise((resolve) => setImmediate(resolve))
    await short.close()
    await settled
    await expect(short.describe(redBlue)).rejects.toMatchObject({ code: 'Interrupted' })
  })

  it('leaves no thread behind', async () => {
    const threads = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
    const before = threads()
    const short = createDetector({ threads: 2 })
    await all(short, redBlue, [{ id: 'a', source: picture }])
    expect(threads()).toBeGreaterThan(before)
    await short.close()
    expect(threads()).toBe(before)
  })
})

describe('the event loop', () => {
  /**
   * What `work` takes of this thread: its own CPU time in milliseconds, and the share of time in which the loop could not
   * turn. Not the longest gap between two turns: on a busy machine the system causes long ones by itself.
   */
  async function takenHere(work: () => Promise<unknown>): Promise<{ cpu: number; busy: number }> {
    const cpuBefore = process.threadCpuUsage()
    const loopBefore = performance.eventLoopUtilization()
    await work()
    const { user, system } = process.threadCpuUsage(cpuBefore)
    return { cpu: (user + system) / 1000, busy: performance.eventLoopUtilization(loopBefore).utilization }
  }

  it('goes on while a model runs, which it does not when the model runs on it', async () => {
    const slow = fixture('slow.onnx')
    const images = ['a', 'b', 'c', 'd'].map((id) => ({ id, source: picture }))
    await all(detector, slow, images)
    const model = await openModel(slow)
    const oneRunHere = await takenHere(() => model.run())
    await model.close()
    const fourByDetector = await takenHere(() => all(detector, slow, images))

    expect(oneRunHere.busy).toBeGreaterThan(0.9)
    expect(oneRunHere.cpu).toBeGreaterThan(20)
    expect(fourByDetector.busy).toBeLessThan(0.5)
    expect(fourByDetector.cpu).toBeLessThan(oneRunHere.cpu / 2)
  })
})
