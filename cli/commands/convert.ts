import type { Command } from 'commander'
import { z } from 'zod'
import type { composeConversion } from '../../activities/compose-conversion.ts'
import { imageAddress, localFilesPrefix } from '../../domain/formats/label-studio-tasks.ts'
import { action, type HandlerContext } from '../command.ts'
import type { FoundPicture, Reading, ReadingContext, Skipped } from '../convert/labelled-picture.ts'
import { skip } from '../convert/labelled-picture.ts'
import { readCocoFile } from '../convert/read-coco.ts'
import { readGeminiFolder } from '../convert/read-gemini.ts'
import { readLabelStudioFile } from '../convert/read-label-studio.ts'
import { readYoloFolder } from '../convert/read-yolo.ts'
import {
  writeCoco,
  writeGemini,
  writeLabelStudio,
  writeYolo,
  type Written,
  type WritingOptions,
} from '../convert/write-converted.ts'
import { UserError } from '../errors.ts'
import { findPictures } from '../picture-files.ts'

const formats = ['gemini', 'label-studio', 'yolo', 'coco'] as const
type Format = (typeof formats)[number]

const ConvertOptions = z.object({
  input: z.string().min(1),
  from: z.enum(formats),
  to: z.enum(formats),
  out: z.string().min(1),
  images: z.string().min(1).optional(),
  imagePrefix: z.string().min(1).optional(),
  classes: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .optional(),
})
type ConvertOptions = z.infer<typeof ConvertOptions>

interface Conversion {
  readonly from: Format
  readonly to: Format
  readonly images: number
  readonly boxes: number
  readonly classes: readonly string[]
  readonly files: readonly string[]
  readonly skipped: readonly Skipped[]
}

/** `understudy convert`: boxes from one format to another, without project and stack. */
export function registerConvert(program: Command): void {
  program
    .command('convert')
    .description(
      "turn Gemini's replies into Label Studio tasks, YOLO or COCO, and any of them into any other",
    )
    .argument('<input>', 'a folder of replies or label files, or a JSON file')
    .requiredOption('--from <format>', formats.join(', '))
    .requiredOption('--to <format>', formats.join(', '))
    .requiredOption('--out <path>', 'folder to write into; for label-studio and coco also a file.json')
    .option('--images <dir>', 'folder of the pictures: their names and sizes')
    .option(
      '--image-prefix <url>',
      `what Label Studio's addresses begin with: s3://bucket/folder/, gs://…, https://…, or ${localFilesPrefix}folder/`,
    )
    .option('--classes <names>', 'take these classes only, in this order; separated by commas')
    .addHelpText(
      'after',
      `
A reply is a file: what the API or the SDK answered, or only the model's text, fenced, wrapped or cut; photo.json and
photo.jpg.json speak of photo.jpg. Lines {"key","response"} of a batch (.jsonl) are read too. An empty list is a picture
without objects. What cannot be taken over is listed with the reason, and the exit code is 1 then.

Examples:
  understudy convert replies/ --from gemini --to yolo --out labels --images photos
  understudy convert replies/ --from gemini --to label-studio --out tasks.json --images photos --image-prefix s3://pictures/
  understudy convert export.json --from label-studio --to coco --out reviewed.json --images photos`,
    )
    .action(
      action({
        options: ConvertOptions,
        handler: convert,
        render,
        exitCode: ({ skipped }) => (skipped.length > 0 ? 1 : 0),
      }),
    )
}

async function convert(options: ConvertOptions, { output, signal }: HandlerContext): Promise<Conversion> {
  const { from, to, imagePrefix } = options
  const { composeConversion } = await import('../../activities/compose-conversion.ts')
  const { sizeOf, readResponse } = composeConversion()
  const pictures = options.images === undefined ? null : await picturesIn(options.images, sizeOf, signal)
  const context: ReadingContext = {
    found: pictures?.found ?? null,
    classes: options.classes ?? null,
    imagePrefix: imagePrefix === undefined ? null : imageAddress(imagePrefix, ''),
  }
  const reading = await readers[from](options.input, context, readResponse)
  const skippedSoFar = [...(pictures?.skipped ?? []), ...reading.skipped]
  if (reading.pictures.length === 0) throw nothingRead(options.input, skippedSoFar)
  const written = await writers[to](reading, {
    out: options.out,
    imagePrefix: imagePrefix ?? localFilesPrefix,
  })
  if (to === 'label-studio' && imagePrefix === undefined)
    output.note(`Pictures are named as ${localFilesPrefix}…; give --image-prefix for another place.`)
  const boxes = written.pictures.reduce((sum, picture) => sum + picture.boxes.length, 0)
  return {
    from,
    to,
    images: written.pictures.length,
    boxes,
    classes: reading.classes,
    files: written.files,
    skipped: [...skippedSoFar, ...written.skipped],
  }
}

type Tools = ReturnType<typeof composeConversion>

const readers: Record<
  Format,
  (path: string, context: ReadingContext, readResponse: Tools['readResponse']) => Promise<Reading>
> = {
  gemini: readGeminiFolder,
  'label-studio': readLabelStudioFile,
  yolo: readYoloFolder,
  coco: readCocoFile,
}

const writers: Record<Format, (reading: Reading, options: WritingOptions) => Promise<Written>> = {
  gemini: writeGemini,
  'label-studio': writeLabelStudio,
  yolo: writeYolo,
  coco: writeCoco,
}

async function picturesIn(folder: string, sizeOf: Tools['sizeOf'], signal: AbortSignal) {
  const found: FoundPicture[] = []
  const skipped: Skipped[] = []
  for (const { path, name } of await findPictures([folder])) {
    signal.throwIfAborted()
    const called = name.replaceAll('\\', '/')
    try {
      found.push({ name: called, size: await sizeOf(path) })
    } catch (error) {
      skipped.push(skip(called, 'unreadable-picture', error instanceof Error ? error.message : String(error)))
    }
  }
  return { found, skipped }
}

const nothingRead = (input: string, skipped: readonly Skipped[]): UserError =>
  new UserError({
    code: 'BadInput',
    what: `Nothing in ${input} could be converted.`,
    why:
      skipped
        .slice(0, 5)
        .map(({ file, kind, detail }) => `${file}: ${kind}: ${detail}`)
        .join('\n') || 'There is nothing in it.',
    fix: 'See `understudy convert --help` for what is expected.',
  })

function render({ images, boxes, classes, files, skipped }: Conversion): string {
  const named =
    classes.length === 0
      ? ''
      : ` of ${classes.length <= 12 ? classes.join(', ') : `${classes.length} classes`}`
  return [
    ...skipped.map(({ file, kind, detail }) => `skipped ${file}: ${kind}: ${detail}`),
    `${images} images, ${boxes} boxes${named}. Written: ${files.join(', ')}`,
  ].join('\n')
}
