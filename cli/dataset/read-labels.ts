import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path'
import { parse } from 'yaml'
import type { z } from 'zod'
import { readCocoLabels } from '../../domain/formats/coco-labels.ts'
import { fromVoc } from '../../domain/formats/voc.ts'
import { readYoloLabels } from '../../domain/formats/yolo-labels.ts'
import type { ReadLabels } from '../../domain/label-files.ts'
import { ForeignCocoFile, VocFile, YoloNames } from '../../domain/schemas/label-files.ts'
import type { labelFormats } from '../../domain/schemas/records/review.ts'
import { UserError } from '../errors.ts'
import { readText } from './read-text.ts'

type LabelFormat = (typeof labelFormats)[number]

/**
 * Everything that a labels file or a folder of them says. A file that cannot be read is skipped where there are many, and an
 * error where it is the only one.
 * @throws UserError BadInput
 */
export async function readLabels(format: LabelFormat, path: string): Promise<ReadLabels> {
  switch (format) {
    case 'coco':
      return readCoco(path)
    case 'voc':
      return readVoc(path)
    case 'yolo':
      return readYolo(path)
  }
}

async function readCoco(path: string): Promise<ReadLabels> {
  const files = (await isFolder(path)) ? await filesBelow(path, '.json') : [path]
  if (files.length === 0) throw unreadable(path, 'No .json file lies in it.', 'coco')
  const read = await Promise.all(
    files.map(async (file) => {
      const result = ForeignCocoFile.safeParse(json(await readText(file), file))
      if (!result.success) throw unreadable(file, firstIssue(result.error), 'coco')
      return readCocoLabels(result.data)
    }),
  )
  return together(read)
}

async function readVoc(path: string): Promise<ReadLabels> {
  const { XMLParser } = await import('fast-xml-parser')
  const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, trimValues: true })
  const files = (await isFolder(path)) ? await filesBelow(path, '.xml') : [path]
  if (files.length === 0) throw unreadable(path, 'No .xml file lies in it.', 'voc')
  const read: ReadLabels[] = []
  for (const file of files) {
    const name = basename(file, extname(file))
    read.push(readOne(await readText(file), name))
  }
  return together(read)

  function readOne(text: string, name: string): ReadLabels {
    const bad = (detail: string): ReadLabels => ({
      files: [],
      skipped: [{ file: name, reason: 'unreadable-file', detail }],
    })
    try {
      const result = VocFile.safeParse(parser.parse(text, true))
      return result.success ? fromVoc(result.data.annotation, name) : bad(firstIssue(result.error))
    } catch (error) {
      return bad(error instanceof Error ? error.message : String(error))
    }
  }
}

async function readYolo(path: string): Promise<ReadLabels> {
  const folder = (await isFolder(path)) ? path : dirname(path)
  const names = await classNames(path, folder)
  const files = (await filesBelow(folder, '.txt')).filter((file) => !isList(relative(folder, file)))
  if (files.length === 0) throw unreadable(path, 'No label file (`.txt`) lies in it.', 'yolo')
  const read: ReadLabels[] = []
  for (const file of files) {
    // Labels stand in `labels` beside pictures in `images`, with the same path below.
    const name = relative(folder, file)
      .split(sep)
      .map((part) => (part === 'labels' ? 'images' : part))
      .join('/')
      .replace(/\.txt$/i, '')
    read.push(readYoloLabels(await readText(file), name, names))
  }
  return together(read)
}

/** Lists of pictures and of classes, and what says which pictures are in a split. */
const isList = (file: string): boolean =>
  /(^|[/\\])(classes|obj|train|val|valid|test|readme[\w.]*|requirements)\.txt$/i.test(file) &&
  !file.split(sep).includes('labels')

async function classNames(path: string, folder: string): Promise<readonly string[]> {
  const listed = await readText(join(folder, 'classes.txt')).catch(() => null)
  if (path === folder && listed !== null)
    return listed
      .split(/\r?\n/)
      .map((name) => name.trim())
      .filter(Boolean)
  const yamls = path === folder ? yamlPlaces(folder) : [path]
  for (const file of yamls) {
    const text = await readText(file).catch(() => null)
    const result = text === null ? null : YoloNames.safeParse(yamlValue(text))
    if (!result?.success) continue
    const { names } = result.data
    if (Array.isArray(names)) return names
    const last = Math.max(-1, ...Object.keys(names).map(Number).filter(Number.isInteger))
    return Array.from({ length: last + 1 }, (_, index) => names[String(index)] ?? '')
  }
  throw new UserError({
    code: 'BadInput',
    what: `Nobody says what the classes of ${path} are called.`,
    why: 'It is no data.yaml with names, and no data.yaml or classes.txt lies in it or in the folders above.',
    fix: 'Give the data.yaml as the file, or write the names into classes.txt beside the labels, one a line.',
  })
}

const yamlPlaces = (folder: string): string[] =>
  ['.', '..', '../..', '../../..'].flatMap((up) =>
    ['data.yaml', 'data.yml', 'dataset.yaml'].map((file) => resolve(folder, up, file)),
  )

function yamlValue(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return null
  }
}

function json(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), 'coco')
  }
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path)).isDirectory()

async function filesBelow(folder: string, extension: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(
      (entry) =>
        entry.isFile() && entry.name.toLowerCase().endsWith(extension) && !entry.name.startsWith('.'),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

const together = (all: readonly ReadLabels[]): ReadLabels => ({
  files: all.flatMap(({ files }) => files),
  skipped: all.flatMap(({ skipped }) => skipped),
})

const firstIssue = (error: z.ZodError): string => {
  const [issue] = error.issues
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not as expected'}`
}

const expected: Readonly<Record<LabelFormat, string>> = {
  coco: 'Expected is a COCO file with images, annotations and categories.',
  voc: 'Expected is a Pascal VOC .xml file, or a folder of them.',
  yolo: 'Expected is a data.yaml beside its labels, or a folder of label files.',
}

const unreadable = (path: string, why: string, format: LabelFormat): UserError =>
  new UserError({
    code: 'BadInput',
    what: `${path} cannot be read as ${format} labels.`,
    why,
    fix: expected[format],
  })
