import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { createTrainer } from '../../../activities/adapters/ultralytics/trainer.ts'
import { runPaths } from '../../../activities/detached-training/run-folder.ts'
import type { TrainingJob } from '../../../activities/roles/trainer.ts'
import { toDataYaml, toLabelText, toYoloRow } from '../../../domain/formats/yolo.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the real trainer's `yolo`. */
    trainerProgram: string
  }
}

const demo = fileURLToPath(new URL('../../../demo/blood-cells/', import.meta.url))

interface Coco {
  images: { id: number; file_name: string; width: number; height: number }[]
  annotations: { image_id: number; category_id: number; bbox: [number, number, number, number] }[]
  categories: { id: number; name: string }[]
}

export const program = (): string => inject('trainerProgram')

/** A folder with a dataset of 8 training and 4 validation photographs of the demo, as the trainer reads it. */
export async function makeDataset(): Promise<{ home: string; datasetFolder: string }> {
  const home = await mkdtemp(join(tmpdir(), 'understudy-real-trainer-'))
  const datasetFolder = join(home, 'data')
  const coco: Coco = JSON.parse(await readFile(join(demo, 'labels.coco.json'), 'utf8'))
  for (const split of ['train', 'val']) {
    for (const kind of ['images', 'labels'])
      await mkdir(join(datasetFolder, kind, split), { recursive: true })
  }
  for (const [index, image] of coco.images.slice(0, 12).entries()) {
    const split = index < 8 ? 'train' : 'val'
    const rows = coco.annotations
      .filter(({ image_id }) => image_id === image.id)
      .map(({ category_id, bbox: [x, y, width, height] }) =>
        toYoloRow(
          coco.categories.findIndex(({ id }) => id === category_id),
          [x, y, x + width, y + height],
          image,
        ),
      )
    await copyFile(
      join(demo, 'images', image.file_name),
      join(datasetFolder, 'images', split, image.file_name),
    )
    await writeFile(
      join(datasetFolder, 'labels', split, image.file_name.replace(/\.\w+$/, '.txt')),
      toLabelText(rows),
    )
  }
  const classes = coco.categories.map(({ name }) => name)
  await writeFile(join(datasetFolder, 'data.yaml'), toDataYaml({ folder: datasetFolder, classes }))
  return { home, datasetFolder }
}

export const jobFor = (
  datasetFolder: string,
  epochs: number,
  weights: string | null = null,
): TrainingJob => ({
  runId: 'run',
  datasetFolder,
  task: 'detect',
  weights,
  arguments: {
    architecture: 'tiny',
    parent: null,
    baseWeights: null,
    imageSize: 64,
    epochs,
    batch: 8,
    learningRate: 0.003,
    seed: 0,
  },
  maxSeconds: 600,
})

export const trainerIn = (home: string) =>
  createTrainer({ program: program(), runsFolder: join(home, 'runs'), slotFolder: join(home, 'slot') })

export const pathsIn = (home: string) => runPaths(join(home, 'runs', 'run'))

/** Epochs in the order in which the trainer wrote them, repeated ones included. */
export async function epochsWritten(home: string): Promise<number[]> {
  try {
    const [, ...lines] = (await readFile(pathsIn(home).results, 'utf8')).trim().split('\n')
    return lines.map((line) => Number(line.split(',')[0]))
  } catch {
    return []
  }
}

export async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 90_000
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`Waited 90 s in vain until ${what}.`)
    await wait(50)
  }
}
