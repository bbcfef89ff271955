import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pMap from 'p-map'
import type { Split } from '../domain/contracts/splits.ts'
import type { ImageRecord } from '../domain/schemas/records/image.ts'
import type { GroupingMode } from '../domain/source-group.ts'
import type { SplitFractions } from '../domain/split.ts'
import { sha256Hex } from './content-hash.ts'
import { listFolder } from './folder-files.ts'
import { newNames, planImages, type ReadFile } from './ingest-plan.ts'
import type { NormaliseImage, RejectionReason } from './roles/image-normaliser.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listImages } from './store/images.ts'
import { addSources, storeImage, type ImageToStore } from './store/write-image.ts'

export interface IngestDependencies {
  readonly store: ObjectStore
  readonly normalise: NormaliseImage
  readonly now: () => Date
}

export interface IngestRequest {
  readonly project: string
  readonly folder: string
  readonly grouping: GroupingMode
  readonly fractions: SplitFractions
  readonly signal: AbortSignal
  readonly onProgress: (progress: IngestProgress) => void
  /** Told of every readable file and the image it holds, once that is stored. */
  readonly onFile?: (path: string, image: string) => void
}

export interface IngestProgress {
  readonly stage: 'reading' | 'storing'
  readonly done: number
  readonly total: number
}

export interface FailedFile {
  readonly path: string
  readonly reason: RejectionReason | 'unreadable-file' | 'changed-while-ingesting'
  readonly detail: string
}

export interface IngestResult {
  /** Images stored by this run. */
  readonly added: number
  /** Files whose content was there already, from an earlier run or twice in this folder. */
  readonly known: number
  readonly failed: readonly FailedFile[]
  /** Files that do not look like images by their name. */
  readonly notImages: readonly string[]
  /** Of the images that were added. */
  readonly splits: Readonly<Record<Split, number>>
  /** Of the images that were added, those that join groups of different splits, by path: never used. */
  readonly quarantined: readonly string[]
  readonly converted: number
}

/** Files in hand at a time: reading and decoding overlap, and memory stays at a few pictures. */
const filesAtOnce = 4

/**
 * Brings a folder's images into the store. Everything is read first and groups and splits are decided over the whole
 * folder; then bytes are stored, then records. A run that was interrupted is taken up by running again, and ends in the
 * same groups and splits.
 */
export function createIngest({ store, normalise, now }: IngestDependencies) {
  return async function ingestFolder(request: IngestRequest): Promise<IngestResult> {
    const { project, folder, grouping, fractions, signal, onProgress } = request
    const { images: paths, others } = await listFolder(folder)
    const existing = await readExisting(store, project)
    const failed: FailedFile[] = []
    const each = <T, R>(
      stage: IngestProgress['stage'],
      items: readonly T[],
      work: (item: T) => Promise<R>,
    ) => {
      let done = 0
      return pMap(
        items,
        async (item) => {
          const result = await work(item)
          onProgress({ stage, done: ++done, total: items.length })
          return result
        },
        { concurrency: filesAtOnce, signal },
      )
    }

    const inspect = async (path: string): Promise<ReadFile | null> => {
      const source = await readSource(join(folder, path))
      if (source === null)
        return reject({ path, reason: 'unreadable-file', detail: 'the file cannot be opened' })
      const image = sha256Hex(source)
      if (existing.has(image)) return { path, image, dhash: null }
      const normalised = await normalise(source)
      return normalised.ok ? { path, image, dhash: normalised.dhash } : reject({ path, ...normalised })
    }
    const reject = ({ path, reason, detail }: FailedFile): null => {
      failed.push({ path, reason, detail })
      return null
    }

    const readable = (await each('reading', paths, inspect)).filter((file) => file !== null)
    const plan = planImages(readable, existing, grouping, fractions)
    const splits: Record<Split, number> = { train: 0, val: 0, test: 0, quarantined: 0 }
    const bridges: string[] = []
    let converted = 0

    const storeOne = async (image: ImageToStore): Promise<void> => {
      const path = image.sources[0] ?? ''
      const source = await readSource(join(folder, path))
      const normalised = source === null || sha256Hex(source) !== image.image ? null : await normalise(source)
      if (normalised?.ok !== true) {
        reject({
          path,
          reason: 'changed-while-ingesting',
          detail: 'its content is not what it was a moment ago',
        })
        return
      }
      if (!(await storeImage(store, project, image, normalised, now()))) return
      splits[image.split] += 1
      if (image.split === 'quarantined') bridges.push(path)
      converted += normalised.converted ? 1 : 0
    }
    // Quarantined images last: an image that bridges two splits must still be found to do so after an interruption.
    const [settled, quarantined] = partition(plan, ({ split }) => split !== 'quarantined')
    await each('storing', settled, storeOne)
    await each('storing', quarantined, storeOne)
    await each('storing', newNames(readable, existing), ({ image, sources }) =>
      addSources(store, project, image, sources),
    )

    const lostPaths = new Set(failed.map(({ path }) => path))
    for (const { path, image } of readable) if (!lostPaths.has(path)) request.onFile?.(path, image)
    const added = Object.values(splits).reduce((sum, count) => sum + count, 0)
    const lost = failed.filter(({ reason }) => reason === 'changed-while-ingesting').length
    return {
      added,
      known: readable.length - added - lost,
      failed: failed.sort((a, b) => (a.path < b.path ? -1 : 1)),
      notImages: others,
      splits,
      quarantined: bridges.sort(),
      converted,
    }
  }
}

async function readExisting(store: ObjectStore, project: string): Promise<Map<string, ImageRecord>> {
  const existing = new Map<string, ImageRecord>()
  for await (const record of listImages(store, project)) existing.set(record.image, record)
  return existing
}

const readSource = async (path: string): Promise<Uint8Array | null> => readFile(path).catch(() => null)

function partition<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter((item) => belongs(item)), items.filter((item) => !belongs(item))]
}
