import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDetector } from '../../../../../activities/adapters/onnx/detector.ts'
import { openModel } from '../../../../../activities/adapters/onnx/open-model.ts'
import type { LabelledBox } from '../../../../../domain/box.ts'
import { hull } from '../../../../../domain/polygon.ts'
import { colouredPicture } from '../../../../fixtures/coloured-picture.ts'

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../fixtures/models/${name}.onnx`, import.meta.url))

const detector = createDetector({ threads: 1 })
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-layouts-'))
})
afterAll(async () => {
  await detector.close()
  await rm(folder, { recursive: true, force: true })
})

async function boxesIn(model: string, source: Uint8Array): Promise<readonly LabelledBox[]> {
  const settings = { confidence: 0.5, iou: 0.7, maxDetections: 300 }
  for await (const result of detector.detect(fixture(model), [{ id: 'a', source }], settings)) {
    if (!result.ok) throw new Error(result.error.message)
    return result.boxes
  }
  throw new Error('no result')
}

const redSquare = { left: 32, top: 16, side: 16, colour: '#ff0000' } as const
const blueSquare = { left: 48, top: 48, side: 16, colour: '#0000ff' } as const

describe('a model that draws masks', () => {
  it.each([
    ['red-blue-masks', 'raw', ['red', 'blue']],
    ['red-end-to-end-masks', 'end-to-end', ['red']],
  ])('is told by its metadata: %s', async (name, head, classes) => {
    await expect(detector.describe(fixture(name))).resolves.toEqual({
      classes,
      imageSize: { width: 32, height: 32 },
      task: 'segment',
      head,
    })
  })

  it('answers the outline of each object in pixels of the picture, in a box that is wider', async () => {
    const picture = await colouredPicture(64, 64, [redSquare, blueSquare])
    const boxes = await boxesIn('red-blue-masks', picture)
    expect(boxes.map((box) => [box.class, box.xyxy, box.polygons?.map(hull)])).toEqual([
      [
        'red',
        [8, 0, 64, 56],
        [[expect.closeTo(32, 0), expect.closeTo(16, 0), expect.closeTo(48, 0), expect.closeTo(32, 0)]],
      ],
      ['blue', [24, 24, 64, 64], [[expect.closeTo(48, 0), expect.closeTo(48, 0), 64, 64]]],
    ])
  })

  it('answers the same from rows that are final', async () => {
    const picture = await colouredPicture(64, 64, [redSquare])
    const [raw] = await boxesIn('red-blue-masks', picture)
    const [final] = await boxesIn('red-end-to-end-masks', picture)
    expect(final).toEqual(raw)
  })

  it('finds its place in a picture that is no square', async () => {
    const picture = await colouredPicture(64, 32, [{ ...redSquare, top: 0 }])
    const [box] = await boxesIn('red-blue-masks', picture)
    const [left, top, right, bottom] = hull(box?.polygons?.[0] ?? [])
    expect([left, top, right, bottom].map(Math.round)).toEqual([32, 0, 48, 16])
  })

  it('cut at any place is refused with its code', async () => {
    const whole = await readFile(fixture('red-blue-masks'))
    const path = join(folder, 'cut.onnx')
    const codes = new Set<string>()
    for (let length = 0; length < whole.length; length += 41) {
      await writeFile(path, whole.subarray(0, length))
      codes.add(
        await openModel(path).then(
          ({ layout }) => layout.task,
          ({ code }) => code,
        ),
      )
    }
    expect([...codes].filter((code) => code !== 'ModelUnsupported')).toEqual(['ModelUnreadable'])
  })
})

describe('a model whose input is open', () => {
  it('gets no more than the picture needs, so that nothing is computed for padding', async () => {
    const model = await openModel(fixture('corner-of-open-size'))
    expect(model.layout).toMatchObject({ imageSize: { width: 32, height: 32 }, openStride: 8 })
    await model.close()
    const [wide] = await boxesIn('corner-of-open-size', await colouredPicture(64, 32, []))
    expect(wide?.xyxy).toEqual([0, 0, 16, 16])
    const [thin] = await boxesIn('corner-of-open-size', await colouredPicture(36, 64, []))
    // 36 x 64 becomes 18 x 32 in an input of 24 x 32: three pixels of padding on either side.
    expect(thin?.xyxy).toEqual([0, 0, 10, 16])
  })
})

describe('a model exported for a batch of two', () => {
  it('answers a picture as the model for one does', async () => {
    const picture = await colouredPicture(64, 64, [redSquare, blueSquare])
    const boxes = await boxesIn('red-blue-batch-of-two', picture)
    expect(boxes).toHaveLength(2)
    expect(boxes).toEqual(await boxesIn('red-blue', picture))
  })
})
