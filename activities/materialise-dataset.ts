import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { Task } from '../domain/contracts/tasks.ts'
import { toDataYaml, toLabelText, toYoloLabels, type YoloLabel } from '../domain/formats/yolo.ts'
import { singleBoxes } from '../domain/metrics/crowd.ts'
import { DatasetRecord, type DatasetLine } from '../domain/schemas/records/dataset.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { readDataset } from './prediction-pools.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadImage } from './store/image-bytes.ts'
import { requireRecord } from './store/records.ts'

const copiesAtOnce = 16
/** Bump when the layout of the folder changes: folders of an older layout are made anew. */
const layout = 2

/** Absolute path of the folder of one training: another one of the same dataset must not lose its files when this one is done. */
export const datasetFolder = (datasetsFolder: string, trainKey: string): string =>
  resolve(datasetsFolder, `${trainKey}-${layout}`)

interface Version {
  readonly project: string
  readonly dataset: string
  readonly task: Task
}

/**
 * Makes a dataset version into the folder that a YOLO trainer reads: training and validation images, never the test images. Made
 * in full beside its place and renamed: a folder that is there is complete. One folder a version, because trainers cache
 * what they once read of a folder.
 */
export async function materialiseDataset(
  store: ObjectStore,
  folder: string,
  { project, dataset, task }: Version,
  onImage: () => void,
): Promise<void> {
  if (await isComplete(folder)) return
  const { classes } = await requireRecord(store, storeKeys(project).datasetRecord(dataset), DatasetRecord)
  await sweepLeftovers(dirname(folder))
  const partial = `${folder}.${randomUUID()}.part`
  try {
    await fill(partial)
    await rename(partial, folder)
  } catch (error) {
    // Another attempt on this host was quicker.
    if (!(await isComplete(folder))) throw error
  } finally {
    await rm(partial, { recursive: true, force: true })
  }

  async function fill(partial: string): Promise<void> {
    for (const split of ['train', 'val']) {
      for (const kind of ['images', 'labels']) await mkdir(join(partial, kind, split), { recursive: true })
    }
    for await (const lines of inGroups(readDataset(store, project, dataset), copiesAtOnce * 4)) {
      await pMap(
        lines.filter(isLearntFrom),
        async (line) => {
          await writeImage(partial, line, await loadImage(store, project, line), { classes, task })
          onImage()
        },
        { concurrency: copiesAtOnce },
      )
    }
    await writeFile(join(partial, 'data.yaml'), toDataYaml({ folder, classes }))
  }
}

/**
 * Training and validation images, without those that show nothing but a crowd: the label format knows no regions to be
 * ignored, so without their rows such an image would teach that nothing is there (Detectron2 leaves them out likewise).
 */
const isLearntFrom = ({ split, boxes }: DatasetLine): boolean =>
  (split === 'train' || split === 'val') && (boxes.length === 0 || singleBoxes(boxes).length > 0)

const leftoverMilliseconds = 6 * 60 * 60 * 1000

/** What killed attempts left: folders that nobody has filled for hours. */
async function sweepLeftovers(datasetsFolder: string): Promise<void> {
  await mkdir(datasetsFolder, { recursive: true })
  for (const name of await readdir(datasetsFolder)) {
    const path = join(datasetsFolder, name)
    if (!name.endsWith('.part')) continue
    if (Date.now() - (await stat(path)).mtimeMs > leftoverMilliseconds) {
      await rm(path, { recursive: true, force: true })
    }
  }
}

const isComplete = async (folder: string): Promise<boolean> => {
  try {
    return (await stat(join(folder, 'data.yaml'))).isFile()
  } catch {
    return false
  }
}

async function* inGroups<T>(values: AsyncIterable<T>, size: number): AsyncIterable<T[]> {
  let group: T[] = []
  for await (const value of values) {
    group.push(value)
    if (group.length === size) {
      yield group
      group = []
    }
  }
  if (group.length > 0) yield group
}

async function writeImage(
  folder: string,
  line: DatasetLine,
  bytes: Uint8Array,
  { classes, task }: { readonly classes: readonly string[]; readonly task: Task },
): Promise<void> {
  const labels = labelsOf(line, classes, task)
  const path = join(folder, 'images', line.split, `${line.image}.${line.extension}`)
  try {
    await writeFile(path, bytes)
    await writeFile(join(folder, 'labels', line.split, `${line.image}.txt`), toLabelText(labels))
  } catch (error) {
    throw diskIsFull(error) ? noSpace(dirname(path), error) : error
  }
  const { size } = await stat(path)
  if (size !== bytes.length || size === 0) {
    throw new AdapterError(
      'DatasetUnusable',
      `Image ${line.image} should have ${bytes.length} bytes and has ${size} in ${dirname(path)}.`,
      {
        retryable: size !== bytes.length,
        hint: 'Free space on the disk of the training host; when the stored image is empty, ingest it again.',
      },
    )
  }
}

const diskIsFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')

const noSpace = (folder: string, cause: unknown): AdapterError =>
  new AdapterError('TrainerDiskFull', `The disk of the training host is full: ${folder} cannot be filled.`, {
    retryable: false,
    hint: 'Free space where UNDERSTUDY_HOME lies, then train again.',
    cause,
  })

/** Boxes, or for outlines a ring an object: one that was drawn as a box only is its rectangle. */
function labelsOf(line: DatasetLine, classes: readonly string[], task: Task): YoloLabel[] {
  const strange = line.boxes.find((box) => !classes.includes(box.class))
  if (strange === undefined) return toYoloLabels(line.boxes, line, classes, task)
  throw new AdapterError(
    'DatasetUnusable',
    `The dataset holds a box of "${strange.class}", which is none of its classes.`,
    {
      retryable: false,
      hint: 'Build the dataset again.',
    },
  )
}
