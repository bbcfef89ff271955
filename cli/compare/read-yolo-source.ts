import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { fromPredictionRows, parsePredictionText } from '../../domain/formats/yolo-predictions.ts'
import { joinByName } from '../../domain/join-by-name.ts'
import { UserError } from '../errors.ts'
import type { AnsweredImage, BoxSet, KnownImage } from './box-set.ts'

const namesFile = 'classes.txt'
const DataYaml = z.object({ names: z.union([z.array(z.string()), z.record(z.string(), z.string())]) })

/**
 * A folder of YOLO label files, with scores or without. They know shares of images only, so sizes come from `known`: the
 * other source or the pictures. With `complete`, a known image without a file has no boxes, as the trainer takes it.
 * @throws UserError BadInput
 */
export async function readYoloSource(
  folder: string,
  known: readonly KnownImage[],
  options: { readonly complete: boolean; readonly names: readonly string[] | null; warn(text: string): void },
): Promise<BoxSet> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.txt') && entry.name !== namesFile)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  if (files.length === 0) throw badFolder(folder, 'No label file (`.txt`) lies in it.')
  const classes = options.names ?? (await classNames(folder))
  const { pairs } = joinByName(
    files.map((file) => [relative(folder, file)]),
    known.map(({ names }) => names),
  )
  const images: AnsweredImage[] = []
  for (const [at, of] of pairs) {
    const [file, image] = [files[at], known[of]]
    if (file === undefined || image === undefined) continue
    images.push({ ...image, boxes: await readBoxes(file, image, classes) })
  }
  const labelled = new Set(pairs.map(([, of]) => of))
  if (options.complete) {
    for (const [index, image] of known.entries())
      if (!labelled.has(index)) images.push({ ...image, boxes: [] })
  }
  const unknown = files.length - pairs.length
  if (unknown > 0) options.warn(`${folder}: ${unknown} label files belong to no known picture.`)
  return { name: folder, images }
}

async function readBoxes(file: string, { size }: KnownImage, classes: readonly string[]) {
  try {
    return fromPredictionRows(parsePredictionText(await readFile(file, 'utf8')), size, classes)
  } catch (error) {
    throw badFolder(file, error instanceof Error ? error.message : String(error))
  }
}

/** From `classes.txt`, or the `data.yaml` of the folder or of one of the three above it. */
async function classNames(folder: string): Promise<string[]> {
  const listed = await readFile(join(folder, namesFile), 'utf8').catch(() => null)
  if (listed !== null) return listed.split(/\r?\n/).filter((name) => name !== '')
  let at = resolve(folder)
  for (let depth = 0; depth < 4; depth += 1) {
    for (const file of ['data.yaml', 'data.yml', 'dataset.yaml']) {
      const text = await readFile(join(at, file), 'utf8').catch(() => null)
      const names = text === null ? null : namesIn(text)
      if (names !== null) return names
    }
    at = dirname(at)
  }
  throw new UserError({
    code: 'BadInput',
    what: `Nobody says what the classes of ${folder} are called.`,
    why: `It has no ${namesFile}, and no data.yaml with names lies in it or in the folders above.`,
    fix: 'Write the names into classes.txt, one a line, or give --names a,b,c.',
  })
}

function namesIn(text: string): string[] | null {
  const data = DataYaml.safeParse(parse(text))
  if (!data.success) return null
  const { names } = data.data
  if (Array.isArray(names)) return names
  return Array.from({ length: Object.keys(names).length }, (_, index) => names[String(index)] ?? '')
}

const badFolder = (where: string, why: string): UserError =>
  new UserError({
    code: 'BadInput',
    what: `${where} cannot be read as YOLO labels.`,
    why,
    fix: 'Rows are "class x y width height", and perhaps a score.',
  })
