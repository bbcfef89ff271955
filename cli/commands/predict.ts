import { readFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { LocalStudent } from '../../activities/compose-local.ts'
import type { ImageSize, LabelledBox } from '../../domain/box.ts'
import { classColour } from '../../domain/class-colours.ts'
import { detectionDefaults } from '../../domain/detection-defaults.ts'
import { action, type HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'
import { resolveModel } from '../model-source.ts'
import { findPictures, type PictureFile } from '../picture-files.ts'

const fraction = z.coerce.number().min(0).max(1)

const PredictOptions = z.object({
  images: z.array(z.string()).min(1),
  model: z.string().min(1),
  conf: fraction,
  iou: fraction,
  save: z.enum(['json', 'png']).optional(),
  out: z.string().min(1),
})
type PredictOptions = z.infer<typeof PredictOptions>

interface Prediction {
  readonly picture: PictureFile
  readonly size: ImageSize
  readonly boxes: readonly LabelledBox[]
}

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
    .argument('<images...>', 'pictures, or folders of pictures')
    .requiredOption('--model <model>', 'an ONNX file, the hash of a stored model, or `champion`')
    .option('--conf <number>', 'leave out boxes with a lower score, 0 to 1', '0.25')
    .option(
      '--iou <number>',
      'leave out boxes that overlap a better one of their class by more, 0 to 1',
      String(detectionDefaults.iou),
    )
    .option('--save <format>', 'also write a file an image: `json`, or `png` with the boxes drawn')
    .option('--out <dir>', 'folder for --save', 'predictions')
    .addHelpText('after', '\nExample:\n  understudy predict photos/ --model champion --save png')
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
  const pictures = await findPictures(options.images)
  if (pictures.length === 0) throw noPictures(options.images)
  const model = await resolveModel(options.model, context.folder)
  const student = composeLocalStudent()
  try {
    return await predictAll(student, model, pictures, options, context)
  } finally {
    await student.detector.close()
  }
}

async function predictAll(
  student: LocalStudent,
  model: string,
  pictures: readonly PictureFile[],
  options: PredictOptions,
  { output, signal }: HandlerContext,
): Promise<Told> {
  const { detector } = student
  const { classes } = await detector.describe(model)
  const settings = {
    confidence: options.conf,
    iou: options.iou,
    maxDetections: detectionDefaults.maxDetections,
  }
  const byPath = new Map(pictures.map((picture) => [picture.path, picture]))
  const sources = pictures.map(({ path }) => ({ id: path, source: path }))
  const lines: string[] = []
  let [done, failed] = [0, 0]
  const start = performance.now()
  const pace = (): string => `${((done * 1000) / (performance.now() - start)).toFixed(1)} images/s`
  for await (const result of detector.detect(model, sources, settings)) {
    if (signal.aborted) break
    done += 1
    output.progress(`${done} of ${pictures.length} images, ${pace()}`)
    const picture = byPath.get(result.id)
    if (picture === undefined) continue
    if (!result.ok) {
      failed += 1
      output.warn(`${picture.path}: ${result.error.message}`)
      continue
    }
    const prediction = { picture, size: result.size, boxes: result.boxes }
    output.result(asJson(prediction))
    lines.push(asText(prediction))
    if (options.save !== undefined) await save(student, classes, prediction, options.save, options.out)
  }
  output.progressEnd()
  output.step(
    `${done} of ${pictures.length} images, ${pace()}${failed > 0 ? `, ${failed} could not be read` : ''}`,
  )
  if (!output.json) return { lines, failed }
  if (failed > 0) throw unreadable(failed, pictures.length)
  return undefined
}

/** The line an image that scripts rely on: `xyxy` in pixels of the displayed image. */
const asJson = ({ picture, size, boxes }: Prediction) => ({
  image: picture.path,
  width: size.width,
  height: size.height,
  boxes: boxes.map(({ class: name, score, xyxy }) => ({ class: name, score, xyxy })),
})

function asText({ picture, boxes }: Prediction): string {
  const counts = new Map<string, number>()
  for (const { class: name } of boxes) counts.set(name, (counts.get(name) ?? 0) + 1)
  const words = [...counts].map(([name, count]) => `${count} ${name}`)
  return `${picture.path}: ${words.length === 0 ? 'nothing found' : words.join(', ')}`
}

async function save(
  { annotate }: LocalStudent,
  classes: readonly string[],
  prediction: Prediction,
  format: 'json' | 'png',
  folder: string,
): Promise<void> {
  const { picture, boxes } = prediction
  const path = join(folder, `${picture.name}.${format}`)
  await mkdir(dirname(path), { recursive: true })
  if (format === 'json') return writeFile(path, `${JSON.stringify(asJson(prediction), null, 2)}\n`)
  const annotations = boxes.map(({ class: name, score, xyxy }) => ({
    xyxy,
    label: score === null ? name : `${name} ${score.toFixed(2)}`,
    colour: classColour(classes.indexOf(name)),
  }))
  await writeFile(path, await annotate(await readFile(picture.path), annotations))
}

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
