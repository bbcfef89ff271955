import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createDetector } from '../../../activities/adapters/onnx/detector.ts'
import { trainerEnvironment } from '../../../activities/adapters/ultralytics/environment.ts'
import { createTrainer } from '../../../activities/adapters/ultralytics/trainer.ts'
import type { TrainingOutput } from '../../../activities/roles/trainer.ts'
import { readOnnxMetadata } from '../../../domain/inference/onnx-metadata.ts'

declare module 'vitest' {
  interface ProvidedContext {
    trainerProgram: string
  }
}

const demoImages = fileURLToPath(new URL('../../../demo/blood-cells/images', import.meta.url))
/** Names whose quotes and letters a hasty reader of the metadata would break. */
const classes = ["dog's ear", 'say "cheese"', 'Blutplättchen 血']
const settings = { confidence: 0.0001, iou: 0.7, maxDetections: 300 }

const detector = createDetector({ threads: 2 })
let folder = ''
let trained: TrainingOutput

/** Calls the trainer's program as the adapter does. */
async function yolo(...commandLine: string[]): Promise<void> {
  const env = trainerEnvironment(join(folder, 'runs', 'parity', 'config'), process.env)
  await promisify(execFile)(inject('trainerProgram'), commandLine, { env, cwd: folder })
}

/** Eight labelled pictures; what they teach does not matter, every weight only has to be a real one. */
async function makeDataset(): Promise<string> {
  const dataset = join(folder, 'dataset')
  const names = (await readdir(demoImages)).sort().slice(0, 8)
  for (const [index, name] of names.entries()) {
    const split = index < 6 ? 'train' : 'val'
    await mkdir(join(dataset, 'images', split), { recursive: true })
    await mkdir(join(dataset, 'labels', split), { recursive: true })
    await copyFile(join(demoImages, name), join(dataset, 'images', split, name))
    const label = `${index % 3} 0.3 0.4 0.2 0.3\n${(index + 1) % 3} 0.7 0.6 0.3 0.2\n`
    await writeFile(join(dataset, 'labels', split, name.replace(/\.\w+$/, '.txt')), label)
  }
  const data = { path: dataset, train: 'images/train', val: 'images/val', names: classes }
  await writeFile(join(dataset, 'data.yaml'), JSON.stringify(data))
  return dataset
}

/** Sizes at which letterboxing rounds, pads unevenly or scales up, beside the demo's photographs. */
async function makePictures(): Promise<string> {
  const pictures = join(folder, 'pictures')
  await mkdir(pictures)
  const names = (await readdir(demoImages)).sort().slice(20, 24)
  for (const name of names) await copyFile(join(demoImages, name), join(pictures, name))
  const source = join(demoImages, names[0] ?? '')
  const resized = (width: number, height: number) => sharp(source).resize(width, height, { fit: 'fill' })
  await resized(501, 333).jpeg().toFile(join(pictures, 'odd.jpg'))
  await resized(37, 900).png().toFile(join(pictures, 'tall.png'))
  await resized(50, 20).png().toFile(join(pictures, 'small.png'))
  await resized(1280, 719).greyscale().jpeg({ progressive: true }).toFile(join(pictures, 'grey.jpg'))
  await resized(400, 300).withMetadata({ orientation: 6 }).jpeg().toFile(join(pictures, 'turned.jpg'))
  return pictures
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-parity-'))
  const trainer = createTrainer({
    program: inject('trainerProgram'),
    runsFolder: join(folder, 'runs'),
    slotFolder: join(folder, 'slot'),
  })
  trained = await trainer.train(
    {
      runId: 'parity',
      datasetFolder: await makeDataset(),
      task: 'detect',
      weights: null,
      maxSeconds: 600,
      arguments: {
        architecture: 'tiny',
        parent: null,
        baseWeights: null,
        imageSize: 96,
        epochs: 1,
        batch: 2,
        learningRate: 0.003,
        seed: 0,
      },
    },
    { onProgress: () => {}, signal: new AbortController().signal },
  )
  await makePictures()
}, 180_000)

afterAll(async () => {
  await detector.close()
  await rm(folder, { recursive: true, force: true })
})

interface Row {
  readonly class: string
  readonly score: number
  readonly xyxy: readonly number[]
}

/** What `yolo predict` answers for each picture, in its order; its text files hold centre and size as shares. */
async function predictedByTrainer(model: string, run: string): Promise<Map<string, Row[]>> {
  const { confidence, iou, maxDetections } = settings
  const limits = [`conf=${confidence}`, `iou=${iou}`, `max_det=${maxDetections}`]
  const where = [
    `project=${join(folder, 'predict')}`,
    `name=${run}`,
    'save=False',
    'save_txt=True',
    'save_conf=True',
  ]
  const pictures = join(folder, 'pictures')
  await yolo(
    'detect',
    'predict',
    `model=${model}`,
    `source=${pictures}`,
    'imgsz=96',
    'device=cpu',
    ...limits,
    ...where,
  )
  const rows = new Map<string, Row[]>()
  for (const name of await readdir(pictures)) {
    const { autoOrient: size } = await sharp(join(pictures, name)).metadata()
    const text = await readFile(
      join(folder, 'predict', run, 'labels', name.replace(/\.\w+$/, '.txt')),
      'utf8',
    )
    rows.set(
      name,
      text
        .trim()
        .split('\n')
        .map((line) => toRow(line, size)),
    )
  }
  return rows
}

function toRow(line: string, { width, height }: { width: number; height: number }): Row {
  const [index = -1, cx = 0, cy = 0, w = 0, h = 0, score = 0] = line.split(' ').map(Number)
  const xyxy = [(cx - w / 2) * width, (cy - h / 2) * height, (cx + w / 2) * width, (cy + h / 2) * height]
  return { class: classes[index] ?? `class ${index}`, score, xyxy }
}

async function predictedByUs(model: string): Promise<Map<string, Row[]>> {
  const pictures = join(folder, 'pictures')
  const sources = (await readdir(pictures)).map((name) => ({ id: name, source: join(pictures, name) }))
  const rows = new Map<string, Row[]>()
  for await (const result of detector.detect(model, sources, settings)) {
    if (!result.ok) throw new Error(`${result.id}: ${result.error.message}`)
    rows.set(
      result.id,
      result.boxes.map((box) => ({ class: box.class, score: box.score ?? -1, xyxy: box.xyxy })),
    )
  }
  return rows
}

/** Six digits of a share are up to a thousandth of a pixel here; a score or a box that differs truly differs by more. */
function expectSame(ours: Map<string, Row[]>, theirs: Map<string, Row[]>): void {
  expect([...ours.keys()].sort()).toEqual([...theirs.keys()].sort())
  for (const [name, expected] of theirs) {
    const found = ours.get(name) ?? []
    expect(
      found.map((row) => row.class),
      name,
    ).toEqual(expected.map((row) => row.class))
    for (const [index, row] of expected.entries()) {
      expect(found[index]?.score, `score ${index} of ${name}`).toBeCloseTo(row.score, 4)
      const gaps = row.xyxy.map((value, side) => Math.abs(value - (found[index]?.xyxy[side] ?? Number.NaN)))
      expect(Math.max(...gaps), `box ${index} of ${name}`).toBeLessThan(2e-3)
    }
  }
}

describe('a freshly trained model', () => {
  it('is described as it was trained, and does not tell where', async () => {
    await expect(detector.describe(trained.onnxPath)).resolves.toEqual({
      classes,
      imageSize: { width: 96, height: 96 },
      task: 'detect',
      head: 'raw',
    })
    const metadata = readOnnxMetadata(await readFile(trained.onnxPath))
    expect(JSON.stringify(metadata)).not.toContain(basename(folder))
  })

  it("finds the boxes that the trainer's own prediction finds, in the same order", async () => {
    const theirs = await predictedByTrainer(trained.onnxPath, 'raw')
    expect([...theirs.values()].flat().length).toBeGreaterThan(200)
    expectSame(await predictedByUs(trained.onnxPath), theirs)
  }, 60_000)

  const { confidence, iou, maxDetections } = settings
  const limits = [`conf=${confidence}`, `iou=${iou}`, `max_det=${maxDetections}`]

  it.each([
    ['with its suppression inside', ['imgsz=96', 'nms=True', ...limits], { head: 'end-to-end' }],
    ['for a rectangle', ['imgsz=64,96'], { imageSize: { width: 96, height: 64 } }],
    ['for rectangles of any size', ['imgsz=96', 'dynamic=True'], { imageSize: { width: 96, height: 96 } }],
    ['for three images a run', ['imgsz=96', 'batch=3'], { head: 'raw' }],
  ])(
    'finds them too when it was exported %s',
    async (_, how, expected) => {
      const name = how.join('-').replaceAll(/\W+/g, '-')
      const weights = join(folder, `${name}.pt`)
      await copyFile(trained.weightsPath!, weights)
      await yolo('export', `model=${weights}`, 'format=onnx', 'device=cpu', ...how)
      const model = join(folder, `${name}.onnx`)
      await expect(detector.describe(model)).resolves.toMatchObject(expected)
      const theirs = await predictedByTrainer(model, name)
      expect([...theirs.values()].flat().length).toBeGreaterThan(200)
      expectSame(await predictedByUs(model), theirs)
    },
    120_000,
  )
})
