import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { LabelledBox } from '../domain/box.ts'
import { toCoco, type CocoImage } from '../domain/formats/coco.ts'
import { toVoc } from '../domain/formats/voc.ts'
import { toDataYaml, toLabelText, toYoloLabels } from '../domain/formats/yolo.ts'
import type { DatasetLine } from '../domain/schemas/records/dataset.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { datasetLines, findDataset } from './dataset-library.ts'
import { AdapterError } from './errors/adapter-error.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { loadImage } from './store/image-bytes.ts'
import { readsAtOnce, requireRecord } from './store/records.ts'

export const exportFormats = ['yolo', 'yolo-seg', 'coco', 'voc'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface DatasetExportRequest {
  readonly project: string
  /** Hash or the first digits of it; null: the newest. */
  readonly dataset: string | null
  readonly format: ExportFormat
  /** Must be new or empty. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

export interface DatasetExport {
  readonly dataset: string
  readonly format: ExportFormat
  readonly folder: string
  readonly images: number
  readonly boxes: number
  readonly classes: readonly string[]
  /** Crowd regions, for which YOLO has no word: left out there. */
  readonly crowdsLeftOut: number
}

/** A picture with the name it gets: the one it was ingested under where that is free, else with digits of its hash. */
interface NamedLine {
  readonly line: DatasetLine
  readonly name: string
}

/** Writes a dataset version as a folder that other tools read. Made in full beside its place and renamed. */
export function createDatasetExport({ store }: { readonly store: ObjectStore }) {
  return async (request: DatasetExportRequest): Promise<DatasetExport> => {
    const { project, format, signal, onProgress } = request
    const version = await findDataset(store, project, request.dataset)
    const folder = resolve(request.folder)
    await refuseFilled(folder)
    const lines = await nameLines(store, project, await datasetLines(store, project, version.dataset))
    const partial = `${folder}.${randomUUID()}.part`
    const layout = layouts[format]
    try {
      let done = 0
      for (const part of layout.folders) await mkdir(join(partial, part), { recursive: true })
      await pMap(
        lines,
        async (named) => {
          await writeFile(join(partial, layout.picture(named)), await loadImage(store, project, named.line))
          for (const [path, text] of layout.labels(named, version.classes))
            await writeFile(join(partial, path), text)
          onProgress(++done, lines.length)
        },
        { concurrency: readsAtOnce, signal },
      )
      for (const [path, text] of layout.whole(lines, version.classes))
        await writeFile(join(partial, path), text)
      await rmdir(folder).catch(() => {})
      await rename(partial, folder)
    } finally {
      await rm(partial, { recursive: true, force: true })
    }
    const crowds = lines.flatMap(({ line }) => line.boxes).filter(({ crowd }) => crowd === true).length
    return {
      dataset: version.dataset,
      format,
      folder,
      images: lines.length,
      boxes: version.boxes,
      classes: version.classes,
      crowdsLeftOut: format === 'yolo' || format === 'yolo-seg' ? crowds : 0,
    }
  }
}

async function refuseFilled(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  await mkdir(dirname(folder), { recursive: true })
  if (found.length === 0) return
  throw new AdapterError('BadInput', `${folder} is not empty.`, {
    retryable: false,
    hint: 'Name a new folder, or remove that one: an export never mixes with what is there.',
  })
}

async function nameLines(
  store: ObjectStore,
  project: string,
  lines: readonly DatasetLine[],
): Promise<NamedLine[]> {
  const records = await pMap(
    lines,
    ({ image }) => requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord),
    { concurrency: readsAtOnce },
  )
  const taken = new Set<string>()
  return lines.map((line, index) => {
    const source = basename((records[index]?.sources[0] ?? line.image).replaceAll('\\', '/'))
    const plain = source.slice(0, source.length - extname(source).length)
    const free = !taken.has(plain.toLowerCase())
    const name = free ? plain : `${plain}-${line.image.slice(0, digits)}`
    taken.add(name.toLowerCase())
    return { line, name }
  })
}

/** Enough that two pictures of one name are told apart. */
const digits = 16

interface Layout {
  readonly folders: readonly string[]
  readonly picture: (named: NamedLine) => string
  /** Files of one picture. */
  readonly labels: (
    named: NamedLine,
    classes: readonly string[],
  ) => readonly (readonly [path: string, text: string])[]
  /** Files of the whole. */
  readonly whole: (
    lines: readonly NamedLine[],
    classes: readonly string[],
  ) => readonly (readonly [path: string, text: string])[]
}

const parts = ['train', 'val', 'test'] as const
const under = (folder: string): string[] => parts.map((part) => join(folder, part))
const fileOf = ({ line, name }: NamedLine): string => `${name}.${line.extension}`
const inSplit = (named: NamedLine): string => join('images', named.line.split, fileOf(named))
const scoreless = (boxes: DatasetLine['boxes']): LabelledBox[] =>
  boxes.map((box) => ({ ...box, score: null }))

const yolo = (task: 'detect' | 'segment'): Layout => ({
  folders: [...under('images'), ...under('labels')],
  picture: inSplit,
  labels: ({ line, name }, classes) => [
    [join('labels', line.split, `${name}.txt`), toLabelText(toYoloLabels(line.boxes, line, classes, task))],
  ],
  whole: (lines, classes) => {
    const test = lines.some(({ line }) => line.split === 'test')
    return [['data.yaml', toDataYaml({ folder: null, classes, test })]]
  },
})

const layouts: Readonly<Record<ExportFormat, Layout>> = {
  yolo: yolo('detect'),
  'yolo-seg': yolo('segment'),
  coco: {
    folders: [...under('images'), 'annotations'],
    picture: inSplit,
    labels: () => [],
    whole: (lines, classes) =>
      parts.map((part) => {
        const images = lines
          .filter(({ line }) => line.split === part)
          .map((named): CocoImage => {
            const { line } = named
            const size = { width: line.width, height: line.height }
            return { file: fileOf(named), size, boxes: scoreless(line.boxes) }
          })
        return [join('annotations', `instances_${part}.json`), `${JSON.stringify(toCoco(images, classes))}\n`]
      }),
  },
  voc: {
    folders: ['JPEGImages', 'Annotations', join('ImageSets', 'Main')],
    picture: (named) => join('JPEGImages', fileOf(named)),
    labels: (named) => {
      const { line, name } = named
      const size = { width: line.width, height: line.height }
      return [[join('Annotations', `${name}.xml`), toVoc({ file: fileOf(named), size, boxes: line.boxes })]]
    },
    whole: (lines) =>
      parts.map((part) => {
        const names = lines.filter(({ line }) => line.split === part).map(({ name }) => `${name}\n`)
        return [join('ImageSets', 'Main', `${part}.txt`), names.join('')]
      }),
  },
}
