import { relative } from 'node:path'
import { fromPredictionRows, parsePredictionText } from '../../domain/formats/yolo-predictions.ts'
import { joinByName } from '../../domain/join-by-name.ts'
import { UserError } from '../errors.ts'
import { readText } from '../read-text.ts'
import { classNamesOf, labelFilesBelow } from '../yolo-folder.ts'
import type { AnsweredImage, BoxSet, KnownImage } from './box-set.ts'

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
  const files = await labelFilesBelow(folder)
  if (files.length === 0) throw badFolder(folder, 'No label file (`.txt`) lies in it.')
  const classes = options.names ?? (await classNamesOf(folder))
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
    return fromPredictionRows(parsePredictionText(await readText(file)), size, classes)
  } catch (error) {
    throw badFolder(file, error instanceof Error ? error.message : String(error))
  }
}

const badFolder = (where: string, why: string): UserError =>
  new UserError({
    code: 'BadInput',
    what: `${where} cannot be read as YOLO labels.`,
    why,
    fix: 'Rows are "class x y width height", and perhaps a score.',
  })
