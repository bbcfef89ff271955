import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { composeConversion } from '../../activities/compose-conversion.ts'
import { readGeminiReply } from '../../domain/formats/gemini/read-reply.ts'
import { isLoss } from '../../domain/formats/gemini/types.ts'
import { createClassTable, createOpenClassTable, type ClassTable } from '../../domain/ontology.ts'
import {
  nominalSize,
  skip,
  type LabelledPicture,
  type Reading,
  type ReadingContext,
  type Skipped,
} from './labelled-picture.ts'
import { matchPictures, type NamedEntry } from './match-pictures.ts'

type ReadResponse = ReturnType<typeof composeConversion>['readResponse']

interface ReplyFile extends NamedEntry {
  /** A whole answer of the API, or only the text of the model. */
  readonly text: string
}

/**
 * A folder of Gemini's replies, or one file: answers as the API or the SDK gives them, only the text of the model (plain,
 * fenced, cut…), or lines `{"key","response"}` of a batch. `photo.json`, `photo.jpg.json` and `photo.jpg.reply.json` speak
 * of `photo.jpg`. An empty list is a picture without objects; a reply that cannot be read is skipped and never one.
 */
export async function readGeminiFolder(
  path: string,
  { found, classes }: ReadingContext,
  readResponse: ReadResponse,
): Promise<Reading> {
  const table =
    classes === null
      ? createOpenClassTable()
      : createClassTable(classes.map((name) => ({ name, aliases: [] })))
  const { replies, skipped } = await replyFiles(path)
  const matched = found === null ? null : matchPictures(replies, found)
  if (matched !== null) skipped.push(...matched.skipped)
  const pairs = matched?.pairs ?? replies.map((reply) => [reply, null] as const)
  const pictures: LabelledPicture[] = []
  for (const [reply, picture] of pairs) {
    const named = { name: picture?.name ?? reply.name, size: picture?.size ?? nominalSize }
    const boxes = readOne(reply, named.size, { table, readResponse, skipped })
    if (boxes !== null) pictures.push({ ...named, sizeKnown: picture !== null, boxes })
  }
  return { pictures, classes: [...table.names], skipped }
}

function readOne(
  { file, text }: ReplyFile,
  size: LabelledPicture['size'],
  tools: {
    readonly table: ClassTable
    readonly readResponse: ReadResponse
    readonly skipped: Skipped[]
  },
): LabelledPicture['boxes'] | null {
  const value = jsonOrNull(text)
  const reply = isResponse(value)
    ? tools.readResponse(value)
    : ({ kind: 'text', text, finish: 'stop' } as const)
  if (reply.kind !== 'text') {
    tools.skipped.push(skip(file, reply.kind === 'blocked' ? 'blocked' : 'unreadable', reply.reason))
    return null
  }
  const reading = readGeminiReply(reply, tools.table, size)
  if (reading.status === 'unreadable') {
    tools.skipped.push(skip(file, 'unreadable', reading.reason))
    return null
  }
  tools.skipped.push(...reading.faults.filter(isLoss).map((fault) => ({ file, ...fault })))
  return reading.boxes
}

const isResponse = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('candidates' in value || 'promptFeedback' in value)

/** What the picture is called that a reply's file speaks of. */
const pictureName = (file: string): string => file.replace(/\.(json|txt)$/i, '').replace(/\.reply$/, '')

async function replyFiles(path: string): Promise<{ replies: ReplyFile[]; skipped: Skipped[] }> {
  const isFolder = (await stat(path)).isDirectory()
  const files = isFolder ? await filesBelow(path) : [path]
  const replies: ReplyFile[] = []
  const skipped: Skipped[] = []
  for (const file of files) {
    const text = await readFile(file, 'utf8')
    const name = (isFolder ? relative(path, file) : (file.split(/[/\\]/).at(-1) ?? file)).replaceAll(
      '\\',
      '/',
    )
    if (!name.endsWith('.jsonl')) {
      replies.push({ file: name, name: pictureName(name), text })
      continue
    }
    for (const [index, line] of text.split('\n').entries()) {
      if (line.trim() === '') continue
      const read = batchLine(line)
      const at = `${name}, line ${index + 1}`
      if (typeof read === 'string') skipped.push(skip(at, 'unreadable', read))
      else replies.push({ ...read, file: at })
    }
  }
  return { replies, skipped }
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(json|jsonl|txt)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** A line of a batch's result file: the answer under its key, or why there is none. */
function batchLine(line: string): { readonly name: string; readonly text: string } | string {
  const value = jsonOrNull(line)
  if (typeof value !== 'object' || value === null || !('key' in value) || typeof value.key !== 'string') {
    return 'expected {"key","response"}'
  }
  if ('response' in value) return { name: pictureName(value.key), text: JSON.stringify(value.response) }
  const said = 'error' in value ? JSON.stringify(value.error) : 'no response'
  return `${value.key}: ${said}`
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
