import type { CoreActivities, DatasetSummary } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { DatasetBuilt, DatasetLine, DatasetOrigin, DatasetRecord } from '../domain/schemas/records/dataset.ts'
import { withDrafts } from './dataset-drafts.ts'
import { datasetHash, reviewedImages, type ReviewedImages } from './dataset-lines.ts'
import { AdapterError } from './errors/adapter-error.ts'
import { countNewSinceChampion } from './new-since-champion.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadConfig } from './store/load-config.ts'
import { writeLinesOnce, writeRecordOnce } from './store/records.ts'

export type DatasetActivities = Pick<CoreActivities, 'buildDataset'>

export interface DatasetDependencies {
  readonly store: ObjectStore
  readonly now: () => Date
}

const linesPerChunk = 1000
const examplesKept = 10
const trainingSplits = ['train', 'val', 'test'] as const

/** Turns reviews into immutable dataset versions. */
export function createDatasetActivities({ store, now }: DatasetDependencies): DatasetActivities {
  return {
    async buildDataset({ project, configHash, cycle }) {
      const config = await loadConfig(store, { project, configHash })
      const classes = config.classes.map(({ name }) => name)
      const reviewed = await reviewedImages(store, project, classes)
      const content =
        config.student.useDrafts === 'train' ? await withDrafts(store, project, classes, reviewed) : reviewed
      requireUsable(content)
      const dataset = datasetHash(classes, content.lines)
      await writeDataset(store, project, { dataset, cycle, classes, content, now })
      return summarise(store, project, dataset, content.lines)
    },
  }
}

function requireUsable({ lines, leftOut }: ReviewedImages): void {
  const train = lines.filter(({ split }) => split === 'train')
  const removed = leftOut.get('class-removed')?.length ?? 0
  if (train.length === 0) {
    const because = removed > 0 ? ` ${removed} were left out: they hold a class that was removed.` : ''
    throw new AdapterError(
      'NoReviewedImages',
      `No image of the training split has been reviewed.${because}`,
      {
        retryable: false,
        hint: 'Review some of the queued images in Label Studio, then start the cycle again.',
      },
    )
  }
  if (!train.some(({ boxes }) => boxes.some(({ crowd }) => crowd !== true))) {
    throw new AdapterError(
      'DatasetUnusable',
      `None of the ${train.length} training images holds a box: there is nothing to learn.`,
      { retryable: false, hint: 'Review images that show the classes, or check the class descriptions.' },
    )
  }
  if (!lines.some(({ split }) => split === 'val')) {
    throw new AdapterError(
      'DatasetUnusable',
      'No image of the validation split has been reviewed: a training could not be judged.',
      {
        retryable: false,
        hint: 'Review the "held-out" images of the first batch; with very few images, raise split.val in understudy.yaml before ingesting more.',
      },
    )
  }
}

/** Chunks first, the record last: without it the version does not exist. Keys name the content, so the first write stands. */
async function writeDataset(
  store: ObjectStore,
  project: string,
  version: { dataset: string; cycle: number; classes: string[]; content: ReviewedImages; now: () => Date },
): Promise<void> {
  const keys = storeKeys(project)
  const { dataset, cycle, classes, content } = version
  const { lines } = content
  if (await store.has(keys.datasetRecord(dataset))) return
  const chunks: string[] = []
  for (const split of trainingSplits) {
    const ofSplit = lines.filter((line) => line.split === split)
    for (const [number, chunk] of inChunks(ofSplit).entries()) {
      const key = keys.datasetImages(dataset, split, number)
      await writeLinesOnce(store, key, DatasetLine, chunk)
      chunks.push(key)
    }
  }
  const origins = lines.map(({ image }): DatasetOrigin => ({ image, from: content.origins.get(image) ?? '' }))
  for (const [number, chunk] of inChunks(origins).entries()) {
    await writeLinesOnce(store, keys.datasetOrigins(dataset, number), DatasetOrigin, chunk)
  }
  await writeRecordOnce(store, keys.datasetBuilt(dataset), DatasetBuilt, {
    v: 1,
    builtAt: version.now().toISOString(),
    cycle,
    leftOut: [...content.leftOut].map(([reason, images]) => ({
      reason,
      images: images.length,
      examples: images.slice(0, examplesKept),
    })),
  })
  await writeRecordOnce(store, keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes,
    images: imagesBySplit(lines),
    boxes: countBoxes(lines),
    empty: lines.filter(({ boxes }) => boxes.length === 0).length,
    boxesByClass: boxesByClass(classes, lines),
    ...marked(lines),
    chunks,
  })
}

const inChunks = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / linesPerChunk) }, (_, number) =>
    items.slice(number * linesPerChunk, (number + 1) * linesPerChunk),
  )

/** How many lines are drafts that nobody has looked at; nothing when there are none. */
function marked(lines: readonly DatasetLine[]): { unreviewed?: number } {
  const drafts = lines.filter(({ unreviewed }) => unreviewed === true).length
  return drafts === 0 ? {} : { unreviewed: drafts }
}

function imagesBySplit(lines: readonly DatasetLine[]): { train: number; val: number; test: number } {
  const count = (split: DatasetLine['split']) => lines.filter((line) => line.split === split).length
  return { train: count('train'), val: count('val'), test: count('test') }
}

const countBoxes = (lines: readonly DatasetLine[]): number =>
  lines.reduce((sum, { boxes }) => sum + boxes.length, 0)

function boxesByClass(classes: readonly string[], lines: readonly DatasetLine[]): Record<string, number> {
  const counts = new Map(classes.map((name) => [name, 0]))
  for (const { boxes } of lines) {
    for (const box of boxes) counts.set(box.class, (counts.get(box.class) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}

async function summarise(
  store: ObjectStore,
  project: string,
  dataset: string,
  lines: readonly DatasetLine[],
): Promise<DatasetSummary> {
  return {
    dataset,
    images: lines.length,
    ...imagesBySplit(lines),
    boxes: countBoxes(lines),
    newSinceChampion: await countNewSinceChampion(store, project, lines),
    ...marked(lines),
  }
}
