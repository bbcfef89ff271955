import type { Command } from 'commander'
import { z } from 'zod'
import type { LocalStudent } from '../../activities/compose-local.ts'
import { inferenceProviders } from '../../domain/contracts/inference.ts'
import { detectionDefaults } from '../../domain/detection-defaults.ts'
import { action, type HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'
import { resolveModel } from '../model-source.ts'
import { withPathList } from '../path-list.ts'
import { findPictures, isVideo, type PictureFile } from '../picture-files.ts'
import { inferenceOptions } from '../predict/inference-options.ts'
import { openPictures } from '../predict/open-pictures.ts'
import { asJson, asText, type OpenPicture, type Prediction } from '../predict/prediction.ts'
import { createPredictionWriter, saveFormats } from '../predict/save-predictions.ts'

const fraction = z.coerce.number().min(0).max(1)

const PredictOptions = z.object({
  images: z.array(z.string()).min(1),
  model: z.string().min(1),
  conf: fraction,
  iou: fraction,
  classes: z
    .string()
    .transform((list) => list.split(',').map((name) => name.trim()))
    .optional(),
  provider: z.enum(inferenceProviders).optional(),
  every: z.coerce.number().positive(),
  save: z.enum(saveFormats).optional(),
  out: z.string().min(1),
})
type PredictOptions = z.infer<typeof PredictOptions>

/** Finding out how the machine runs a model fastest takes two seconds, once: not for a few pictures. */
const tunedFrom = 100

interface PredictResult {
  readonly lines: readonly string[]
  readonly failed: number
}

/** Nothing with `--json`: every line is out by then. */
type Told = PredictResult | undefined

/** `understudy predict`: runs a model on pictures, on this machine. */
export function registerPredict(program: Command): void {
  program
    .command('predict')
    .description('find objects in pictures with a trained model, on this machine')
    .argument(
      '<images...>',
      'pictures, folders, patterns, videos, or `-` for a list of paths on standard input',
    )
    .requiredOption('--model <model>', 'an ONNX file, the hash of a stored model, or `champion`')
    .option('--conf <number>', 'leave out boxes with a lower score, 0 to 1', '0.25')
    .option(
      '--iou <number>',
      'leave out boxes that overlap a better one of their class by more, 0 to 1',
      String(detectionDefaults.iou),
    )
    .option('--classes <names>', 'leave out boxes of other classes; separated by commas')
    .option(
      '--provider <name>',
      `what computes: ${inferenceProviders.join(', ')}; default UNDERSTUDY_INFER_PROVIDER, else the CPU`,
    )
    .option('--every <seconds>', 'of a video, look at one frame in so many seconds', '1')
    .option(
      '--save <format>',
      'also write a file an image: `json`, `txt` (YOLO rows with the score), `png` with boxes and outlines drawn; or `coco`, one file for all',
    )
    .option('--out <dir>', 'folder for --save', 'predictions')
    .addHelpText(
      'after',
      `
Videos are read with ffmpeg: the one on PATH, else one is installed once (70 MB). With --json each image is one line; --save txt adds classes.txt.

Examples:
  understudy predict photos/ --model champion --save png
  understudy predict 'walks/**/*.jpg' clip.mp4 --model best.onnx --classes dog,cat
  find . -newer seen -name '*.jpg' | understudy predict - --model champion --json`,
    )
    .action(
      action({
        options: PredictOptions,
        handler: predict,
        render,
        exitCode: (told) => (told !== undefined && told.failed > 0 ? 1 : 0),
      }),
    )
}

async function predict(options: PredictOptions, context: HandlerContext): Promise<Told> {
  const { composeLocalStudent } = await import('../../activities/compose-local.ts')
  const files = await findPictures(await withPathList(options.images, process.stdin))
  if (files.length === 0) throw noPictures(options.images)
  const model = await resolveModel(options.model, context.folder)
  const student = composeLocalStudent(inferenceOptions(context.output, options.provider))
  try {
    const ffmpeg = await ffmpegFor(files, context)
    return await predictAll({ student, model, files, ffmpeg }, options, context)
  } finally {
    await student.detector.close()
  }
}

/** Found or installed before any work is done; null when there is no video. */
async function ffmpegFor(
  files: readonly PictureFile[],
  { output, signal }: HandlerContext,
): Promise<string | null> {
  if (!files.some(({ path }) => isVideo(path))) return null
  const { ensureFfmpeg } = await import('../../infra/toolchain/ensure-ffmpeg.ts')
  return ensureFfmpeg({ signal, onProgress: ({ tool, text }) => output.step(`${tool}: ${text}`) })
}

interface Work {
  readonly student: LocalStudent
  readonly model: string
  readonly files: readonly PictureFile[]
  readonly ffmpeg: string | null
}

async function predictAll(
  { student, model, files, ffmpeg }: Work,
  options: PredictOptions,
  { output, signal }: HandlerContext,
): Promise<Told> {
  const { detector, annotate, videoFrames } = student
  const { classes, task } = await detector.describe(model)
  const wanted = wantedClasses(options.classes, classes)
  if (ffmpeg !== null || files.length >= tunedFrom) await detector.tune(model)
  const { conf: confidence, iou, save: format, out: folder } = options
  const writer =
    format === undefined ? null : createPredictionWriter({ format, folder, classes, task, annotate })
  const lines: string[] = []
  const total = files.some(({ path }) => isVideo(path)) ? '' : ` of ${files.length}`
  let [done, failed] = [0, 0]
  const start = performance.now()
  const progress = (): string => {
    const pace = (done * 1000) / (performance.now() - start)
    return `${done}${total} images, ${pace.toFixed(1)} images/s`
  }
  const refuse = (label: string, message: string): void => {
    failed += 1
    output.warn(`${label}: ${message}`)
  }
  const open = new Map<string, OpenPicture>()
  const pictures = openPictures(files, {
    frames: (path) => videoFrames(path, { program: ffmpeg ?? 'ffmpeg', everySeconds: options.every, signal }),
    refuse: (path, error) => {
      if (!signal.aborted) refuse(path, messageOf(error))
    },
  })
  const settings = { confidence, iou, maxDetections: detectionDefaults.maxDetections }
  for await (const result of detector.detect(model, asSources(pictures, open), settings)) {
    if (signal.aborted) break
    done += 1
    output.progress(progress())
    const picture = open.get(result.id)
    open.delete(result.id)
    if (picture === undefined) continue
    if (!result.ok) {
      refuse(picture.label, result.error.message)
      continue
    }
    const boxes = result.boxes.filter(({ class: name }) => wanted === null || wanted.has(name))
    const prediction: Prediction = { picture, size: result.size, boxes }
    output.result(asJson(prediction))
    lines.push(asText(prediction))
    await writer?.add(prediction)
  }
  await writer?.end()
  output.progressEnd()
  output.step(`${progress()}${failed > 0 ? `, ${failed} could not be read` : ''}`)
  if (!output.json) return { lines, failed }
  if (failed > 0) throw unreadable(failed, done)
  return undefined
}

/** Pictures for the detector, each kept in `open` under its label until its result is there. */
async function* asSources(pictures: AsyncIterable<OpenPicture>, open: Map<string, OpenPicture>) {
  for await (const picture of pictures) {
    open.set(picture.label, picture)
    yield { id: picture.label, source: picture.source }
  }
}

/** Null: all. */
function wantedClasses(
  names: readonly string[] | undefined,
  classes: readonly string[],
): ReadonlySet<string> | null {
  const unknown = names?.filter((name) => !classes.includes(name)) ?? []
  if (unknown.length === 0) return names === undefined ? null : new Set(names)
  throw new UserError({
    code: 'BadInput',
    what: `The model knows no ${unknown.join(', ')}.`,
    why: `Its classes are ${classes.join(', ')}.`,
    fix: 'Give --classes as they are written here, separated by commas.',
  })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const render = (told: Told): string => told?.lines.join('\n') ?? ''

const noPictures = (paths: readonly string[]): UserError =>
  new UserError({
    code: 'BadInput',
    what: 'There is nothing to look at.',
    why: `No PNG, JPEG or WEBP file lies in ${paths.join(', ')}.`,
    fix: 'Give pictures, or a folder that holds some.',
  })

const unreadable = (failed: number, all: number): UserError =>
  new UserError({
    code: 'ImageUnreadable',
    what: `${failed} of ${all} pictures could not be read.`,
    why: 'Each is named above with its reason; the others are done.',
    fix: 'Open them in a viewer, save them again as PNG or JPEG, and repeat.',
  })
