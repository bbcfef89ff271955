import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTrainer } from '../../activities/adapters/ultralytics/trainer.ts'
import { readCocoLabels } from '../../domain/formats/coco-labels.ts'
import { toDataYaml, toLabelText, toYoloRow } from '../../domain/formats/yolo.ts'
import { CocoFile } from '../../domain/schemas/label-files.ts'
import { demoImages, demoLabels } from './bench-pictures.ts'

/** Trained a few steps only: what matters is that every layer is there and that some boxes come out. */
export const benchModels = [
  { name: 'tiny-256', architecture: 'tiny', imageSize: 256, images: 48, epochs: 8 },
  { name: 'yolo11n-640', architecture: 'yolo11n.yaml', imageSize: 640, images: 16, epochs: 4 },
] as const
type BenchModel = (typeof benchModels)[number]

interface ModelFiles {
  readonly onnx: string
  readonly weights: string
}

export const modelFiles = (cache: string, { name }: Pick<BenchModel, 'name'>): ModelFiles => ({
  onnx: join(cache, name, 'model.onnx'),
  weights: join(cache, name, 'model.pt'),
})

/** The model in `cache`, trained and exported by the product's own trainer when it is not there yet. */
export async function benchModel(cache: string, program: string, model: BenchModel): Promise<ModelFiles> {
  const folder = join(cache, model.name)
  const files = modelFiles(cache, model)
  if (existsSync(files.onnx) && existsSync(files.weights)) return files
  const work = `${folder}.${process.pid}.part`
  try {
    const dataset = await writeDataset(join(work, 'dataset'), model.images)
    const trainer = createTrainer({
      program,
      runsFolder: join(work, 'runs'),
      slotFolder: join(work, 'slot'),
    })
    const { architecture, imageSize, epochs } = model
    const trained = await trainer.train(
      {
        runId: 'bench',
        datasetFolder: dataset,
        task: 'detect',
        weights: null,
        arguments: {
          architecture,
          parent: null,
          baseWeights: null,
          imageSize,
          epochs,
          batch: 4,
          learningRate: 0.003,
          seed: 0,
        },
        maxSeconds: 3600,
      },
      { onProgress: () => {}, signal: new AbortController().signal },
    )
    await mkdir(join(work, 'done'))
    await copyFile(trained.onnxPath, join(work, 'done', 'model.onnx'))
    if (trained.weightsPath === null) throw new Error('The trainer kept no weights.')
    await copyFile(trained.weightsPath, join(work, 'done', 'model.pt'))
    await rm(folder, { recursive: true, force: true })
    await rename(join(work, 'done'), folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  return files
}

async function writeDataset(folder: string, count: number): Promise<string> {
  const { files, classes } = readCocoLabels(CocoFile.parse(JSON.parse(await readFile(demoLabels, 'utf8'))))
  for (const [index, { file: name, size, boxes }] of files.slice(0, count).entries()) {
    const split = index % 4 === 0 ? 'val' : 'train'
    const rows = boxes.map((box) => toYoloRow(classes.indexOf(box.class), box.xyxy, size))
    for (const kind of ['images', 'labels']) await mkdir(join(folder, kind, split), { recursive: true })
    await copyFile(join(demoImages, name), join(folder, 'images', split, name))
    await writeFile(join(folder, 'labels', split, name.replace(/\.\w+$/, '.txt')), toLabelText(rows))
  }
  await writeFile(join(folder, 'data.yaml'), toDataYaml({ folder, classes }))
  return folder
}
