import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { toDataYaml, toLabelText, toYoloRow } from '../domain/formats/yolo.ts'
import { singleBoxes } from '../domain/metrics/crowd.ts'
import { DatasetRecord, type DatasetLine } from '../domain/schemas/records/dataset.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { readDataset } from './prediction-pools.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadImage } from './store/image-bytes.ts'
import { requireRecord } from './store/records.ts'

const copiesAtOnce = 16
/** Bump when the layout of the folder changes: folders of an older layout are made anew. */
const layout = 1

/** Absolute path of the folder of one dataset version. */
export const datasetFolder = (datasetsFolder: string, dataset: string): string =>
  resolve(datasetsFolder, `${dataset}-${layout}`)

interface Version {
  readonly project: string
  readonly dataset: string
}

/**
 * Makes a dataset version into the folder that a YOLO trainer reads: training and validation images, never the test images. Made
 * in full beside its place and renamed: a folder that is there is complete. One folder a version, because trainers cache
 * what they once read of a folder.
 */
export async function materialiseDataset(
  store: ObjectStore,
  folder: string,
  { project, dataset }: Version,
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
          await writeImage(partial, line, await loadImage(store, project, line), classes)
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
  classes: readonly string[],
): Promise<void> {
  const rows = line.boxes.map((box) => toYoloRow(indexOf(classes, box.class), box.xyxy, line))
  const path = join(folder, 'images', line.split, `${line.image}.${line.extension}`)
  await writeFile(path, bytes)
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
  await writeFile(join(folder, 'labels', line.split, `${line.image}.txt`), toLabelText(rows))
}

function indexOf(classes: readonly string[], name: string): number {
  const index = classes.indexOf(name)
  if (index >= 0) return index
  throw new AdapterError(
    'DatasetUnusable',
    `The dataset holds a box of "${name}", which is none of its classes.`,
    {
      retryable: false,
      hint: 'Build the dataset again.',
    },
  )
}
