import { relative } from 'node:path'
import { fromPredictionRows, parsePredictionText } from '../../domain/formats/yolo-predictions.ts'
import { readText } from '../read-text.ts'
import { classNamesOf, labelFilesBelow } from '../yolo-folder.ts'
import {
  nominalSize,
  skip,
  type LabelledPicture,
  type Reading,
  type ReadingContext,
} from './labelled-picture.ts'
import { matchPictures } from './match-pictures.ts'

/**
 * A folder of YOLO label files, with scores or without. A picture of `--images` without a file has no boxes, as the trainer
 * takes it.
 * @throws UserError BadInput when nobody names the classes
 */
export async function readYoloFolder(folder: string, context: ReadingContext): Promise<Reading> {
  const classes = context.classes ?? (await classNamesOf(folder))
  const entries = (await labelFilesBelow(folder)).map((path) => {
    const file = relative(folder, path).replaceAll('\\', '/')
    return { path, file, name: file.replace(/\.txt$/, '') }
  })
  const matched = context.found === null ? null : matchPictures(entries, context.found)
  const empty = new Set(matched?.skipped.filter(({ kind }) => kind === 'no-labels').map(({ file }) => file))
  const skipped = (matched?.skipped ?? []).filter(({ kind }) => kind !== 'no-labels')
  const pictures: LabelledPicture[] = []
  for (const [entry, picture] of matched?.pairs ?? entries.map((each) => [each, null] as const)) {
    const size = picture?.size ?? nominalSize
    try {
      const rows = parsePredictionText(await readText(entry.path))
      const boxes = fromPredictionRows(rows, size, classes)
      pictures.push({ name: picture?.name ?? entry.name, size, sizeKnown: picture !== null, boxes })
    } catch (error) {
      skipped.push(skip(entry.file, 'unreadable', error instanceof Error ? error.message : String(error)))
    }
  }
  for (const { name, size } of context.found ?? [])
    if (empty.has(name)) pictures.push({ name, size, sizeKnown: true, boxes: [] })
  return { pictures, classes, skipped }
}
