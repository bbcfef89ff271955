import { z } from 'zod'
import { readCocoLabels, type CocoLabels } from '../../domain/formats/coco-labels.ts'
import { CocoFile } from '../../domain/schemas/label-files.ts'
import { UserError } from '../errors.ts'
import { readText } from '../read-text.ts'
import { skip, type Reading, type ReadingContext } from './labelled-picture.ts'
import { matchPictures } from './match-pictures.ts'

/**
 * A COCO file. It knows the sizes itself; with `--images` the pictures' names are those of the folder.
 * @throws UserError BadInput when it is no COCO file
 */
export async function readCocoFile(path: string, { found, classes }: ReadingContext): Promise<Reading> {
  const coco = parseCoco(path, await readText(path))
  const known = new Set(classes ?? coco.classes)
  const entries = coco.files.map((image) => ({ ...image, name: image.file }))
  const matched = found === null ? null : matchPictures(entries, found)
  const pairs = matched?.pairs ?? entries.map((each) => [each, null] as const)
  const crowds = pairs.flatMap(([{ file, boxes }]) =>
    boxes
      .filter(({ crowd }) => crowd === true)
      .map((box) => skip(file, 'crowd', `a region of many ${box.class} is no box`)),
  )
  const foreign = pairs.flatMap(([{ file, boxes }]) =>
    boxes
      .filter((box) => !known.has(box.class))
      .map((box) => ({ file, kind: 'unknown-label', detail: box.class })),
  )
  const pictures = pairs.map(([{ file, size, boxes }, picture]) => ({
    name: picture?.name ?? file,
    size,
    sizeKnown: true,
    boxes: boxes.filter((box) => known.has(box.class) && box.crowd !== true),
  }))
  const notRead = coco.skipped.map(({ file, reason, detail }) => ({ file, kind: reason, detail }))
  const skipped = [...notRead, ...(matched?.skipped ?? []), ...crowds, ...foreign]
  return { pictures, classes: [...known], skipped }
}

function parseCoco(path: string, text: string): CocoLabels {
  try {
    return readCocoLabels(CocoFile.parse(JSON.parse(text)))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : null
    throw new UserError({
      code: 'BadInput',
      what: `${path} cannot be read as a COCO file.`,
      why: why ?? (cause instanceof Error ? cause.message : String(cause)),
      fix: 'Give a file with images, annotations and categories.',
      cause,
    })
  }
}
