import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { toCoco } from '../../domain/formats/coco.ts'
import { toGeminiReply } from '../../domain/formats/gemini/write-reply.ts'
import { buildLabelConfig } from '../../domain/formats/label-studio-config.ts'
import { imageAddress, toImportTask } from '../../domain/formats/label-studio-tasks.ts'
import { toPredictionText } from '../../domain/formats/yolo-predictions.ts'
import { labelFileNames } from '../label-file-name.ts'
import { namesFile } from '../yolo-folder.ts'
import { skip, type LabelledPicture, type Reading, type Skipped } from './labelled-picture.ts'

export interface WritingOptions {
  /** A folder; for Label Studio and COCO also a file that ends in `.json`. */
  readonly out: string
  /** What Label Studio's addresses of pictures begin with. */
  readonly imagePrefix: string
}

/** What was written, and pictures that the format cannot hold as they are known. */
export interface Written {
  readonly pictures: readonly LabelledPicture[]
  readonly files: readonly string[]
  readonly skipped: readonly Skipped[]
}

const hasExtension = (name: string): boolean => /\.(png|jpe?g|webp)$/i.test(name)

const fileIn = (out: string, name: string): string => (extname(out) === '.json' ? out : join(out, name))

/** One reply a picture, `photo.jpg.json`. Scores are left behind: Gemini has none. */
export async function writeGemini({ pictures }: Reading, { out }: WritingOptions): Promise<Written> {
  for (const { name, boxes, size } of pictures)
    await write(join(out, `${name}.json`), toGeminiReply(boxes, size))
  return { pictures, files: [out], skipped: [] }
}

/** `tasks.json` for the import, and `tasks.config.xml` with the classes for the project's labelling interface. */
export async function writeLabelStudio(
  { pictures, classes }: Reading,
  { out, imagePrefix }: WritingOptions,
): Promise<Written> {
  const named = pictures.filter(({ name }) => hasExtension(name))
  const skipped = pictures
    .filter(({ name }) => !hasExtension(name))
    .map(({ name }) => skip(name, 'no-picture', 'its file is not known: give the folder with --images'))
  const tasks = named.map(({ name, boxes, size }, index) =>
    toImportTask(imageAddress(imagePrefix, name), boxes, size, index + 1),
  )
  const file = fileIn(out, 'tasks.json')
  const config = file.replace(/\.json$/, '.config.xml')
  await write(file, `${JSON.stringify(tasks, null, 1)}\n`)
  await write(config, buildLabelConfig(classes))
  return { pictures: named, files: [file, config], skipped }
}

/** Label files as the trainer pairs them with pictures, and `classes.txt`. */
export async function writeYolo({ pictures, classes }: Reading, { out }: WritingOptions): Promise<Written> {
  const fileFor = labelFileNames()
  // One kind of row in all files: a trainer takes no mixture.
  const hasOutlines = pictures.some(({ boxes }) => boxes.some(({ polygons }) => polygons !== undefined))
  const task = hasOutlines ? 'segment' : 'detect'
  for (const { name, boxes, size } of pictures)
    await write(join(out, fileFor(name)), toPredictionText(boxes, size, classes, task))
  await write(join(out, namesFile), classes.map((name) => `${name}\n`).join(''))
  return { pictures, files: [out], skipped: [] }
}

/** One file, `annotations.coco.json`, in pixels. */
export async function writeCoco({ pictures, classes }: Reading, { out }: WritingOptions): Promise<Written> {
  const sized = pictures.filter(({ sizeKnown }) => sizeKnown)
  const skipped = pictures
    .filter(({ sizeKnown }) => !sizeKnown)
    .map(({ name }) =>
      skip(name, 'no-size', 'COCO holds pixels: give the folder of the pictures with --images'),
    )
  const images = sized.map(({ name, size, boxes }) => ({ file: name, size, boxes }))
  const file = fileIn(out, 'annotations.coco.json')
  await write(file, `${JSON.stringify(toCoco(images, classes))}\n`)
  return { pictures: sized, files: [file], skipped }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
