import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, relative, sep } from 'node:path'
import type { z } from 'zod'
import { readCocoLabels } from '../../domain/formats/coco-labels.ts'
import { fromVoc } from '../../domain/formats/voc.ts'
import { readYoloLabels } from '../../domain/formats/yolo-labels.ts'
import type { ReadLabels } from '../../domain/label-files.ts'
import { CocoFile, VocFile } from '../../domain/schemas/label-files.ts'
import type { labelFormats } from '../../domain/schemas/records/review.ts'
import { UserError } from '../errors.ts'
import { readText } from '../read-text.ts'
import { classNamesOf, labelFilesBelow } from '../yolo-folder.ts'

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
      const result = CocoFile.safeParse(json(await readText(file), file))
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
  const isOne = !(await isFolder(path))
  const folder = isOne ? dirname(path) : path
  const names = await classNamesOf(folder, isOne ? path : null)
  const files = await labelFilesBelow(folder)
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
