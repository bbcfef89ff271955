import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parsePredictionText } from '../../../domain/formats/yolo-predictions.ts'
import { polygonArea } from '../../../domain/polygon.ts'
import { readCocoLabels } from '../../../domain/formats/coco-labels.ts'
import { PredictedLine } from '../../../domain/schemas/box-files.ts'
import { CocoFile } from '../../../domain/schemas/label-files.ts'
import { colouredPicture } from '../../fixtures/coloured-picture.ts'

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url))
const model = fileURLToPath(new URL('../../fixtures/models/red-blue-masks.onnx', import.meta.url))
const picture = 'two.png'
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-predict-masks-'))
  const squares = [
    { left: 32, top: 16, side: 16, colour: '#ff0000' },
    { left: 48, top: 48, side: 16, colour: '#0000ff' },
  ] as const
  await writeFile(join(folder, picture), await colouredPicture(64, 64, squares))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function run(...commandLine: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...commandLine], { cwd: folder })
  return stdout
}
const predict = (...more: string[]): Promise<string> => run('predict', picture, '--model', model, ...more)

/** Squares of 16 x 16 whose corners a mask of four-pixel cells rounds off. */
const aboutASquare = expect.closeTo(256, -2)

describe('understudy predict with a model that draws masks', () => {
  it('prints the outlines beside the boxes, and compare reads them back', async () => {
    const line = await predict('--json')
    const { boxes } = PredictedLine.parse(JSON.parse(line))
    expect(boxes.map((box) => [box.class, box.polygons?.map(polygonArea)])).toEqual([
      ['red', [aboutASquare]],
      ['blue', [aboutASquare]],
    ])
    await writeFile(join(folder, 'lines.jsonl'), line)
    await predict('--save', 'coco', '--out', 'coco')
    await run('compare', 'lines.jsonl', 'coco/predictions.coco.json', '--images', '.')
  })

  it('saves COCO with outlines and their area', async () => {
    await predict('--save', 'coco', '--out', 'coco')
    const text = await readFile(join(folder, 'coco', 'predictions.coco.json'), 'utf8')
    const { files } = readCocoLabels(CocoFile.parse(JSON.parse(text)))
    expect(files[0]?.boxes.map(({ polygons }) => polygons?.length)).toEqual([1, 1])
    const areas = z.object({ annotations: z.array(z.object({ area: z.number() })) }).parse(JSON.parse(text))
    expect(areas.annotations.map(({ area }) => area)).toEqual([aboutASquare, aboutASquare])
  })

  it('saves rows of outlines with the score last', async () => {
    await predict('--save', 'txt', '--out', 'rows')
    const rows = parsePredictionText(await readFile(join(folder, 'rows', 'two.txt'), 'utf8'))
    expect(rows.map(({ label, score }) => ['ring' in label, label.classIndex, score])).toEqual([
      [true, 0, expect.closeTo(1, 1)],
      [true, 1, expect.closeTo(1, 1)],
    ])
  })

  it('draws the masks so that the picture shines through', async () => {
    await predict('--save', 'png', '--out', 'drawn')
    const drawn = await sharp(join(folder, 'drawn', `${picture}.png`))
      .removeAlpha()
      .raw()
      .toBuffer()
    const plain = await sharp(join(folder, picture)).removeAlpha().raw().toBuffer()
    const at = (pixels: Buffer, x: number, y: number) => [
      ...pixels.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3),
    ]
    const [before, after] = [at(plain, 52, 52), at(drawn, 52, 52)]
    expect(after).not.toEqual(before)
    expect(Math.max(...after.map((value, channel) => Math.abs(value - (before[channel] ?? 0))))).toBeLessThan(
      100,
    )
    // Inside both boxes and outside both masks.
    expect(at(drawn, 40, 40)).toEqual(at(plain, 40, 40))
  })
})
