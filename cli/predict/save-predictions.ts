import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import type { LocalStudent } from '../../activities/compose-local.ts'
import { classColour } from '../../domain/class-colours.ts'
import { toCoco, type CocoImage } from '../../domain/formats/coco.ts'
import { toPredictionText } from '../../domain/formats/yolo-predictions.ts'
import type { ModelTask } from '../../domain/inference/output-layout.ts'
import { asJson, type Prediction } from './prediction.ts'

export const saveFormats = ['json', 'txt', 'png', 'coco'] as const
type SaveFormat = (typeof saveFormats)[number]

/** Takes predictions as they come; `end` writes what belongs to all of them. */
export interface PredictionWriter {
  add(prediction: Prediction): Promise<void>
  end(): Promise<void>
}

export interface WriterOptions {
  readonly format: SaveFormat
  readonly folder: string
  readonly classes: readonly string[]
  readonly task: ModelTask
  readonly annotate: LocalStudent['annotate']
}

export function createPredictionWriter(options: WriterOptions): PredictionWriter {
  switch (options.format) {
    case 'json':
      return perImage(async (prediction) => {
        const text = `${JSON.stringify(asJson(prediction), null, 2)}\n`
        await write(options.folder, `${prediction.picture.name}.json`, text)
      })
    case 'png':
      return perImage((prediction) => savePicture(prediction, options))
    case 'txt':
      return labelFiles(options)
    case 'coco':
      return cocoFile(options)
  }
}

const perImage = (add: PredictionWriter['add']): PredictionWriter => ({ add, end: async () => {} })

async function savePicture(
  { picture, boxes }: Prediction,
  { folder, classes, annotate }: WriterOptions,
): Promise<void> {
  const annotations = boxes.map(({ class: name, score, xyxy, polygons }) => ({
    xyxy,
    polygons,
    label: score === null ? name : `${name} ${score.toFixed(2)}`,
    colour: classColour(classes.indexOf(name)),
  }))
  const encoded = typeof picture.source === 'string' ? await readFile(picture.source) : picture.source
  await write(folder, `${picture.name}.png`, await annotate(encoded, annotations))
}

const namesFile = 'classes.txt'

/** `photo.txt` for `photo.jpg`, as the trainer pairs them; `photo.png.txt` for a second of that name. */
function labelFiles({ folder, classes, task }: WriterOptions): PredictionWriter {
  const taken = new Set([namesFile])
  return {
    async add({ picture: { name }, size, boxes }) {
      const short = `${name.slice(0, name.length - pictureExtension(name).length)}.txt`
      const file = taken.has(short) ? `${name}.txt` : short
      taken.add(file)
      await write(folder, file, toPredictionText(boxes, size, classes, task))
    },
    end: () => write(folder, namesFile, classes.map((name) => `${name}\n`).join('')),
  }
}

/** The dot in a frame's `clip.mp4-t0.5` begins no extension. */
const pictureExtension = (name: string): string => (/-t[\d.]+$/.test(name) ? '' : extname(name))

function cocoFile({ folder, classes }: WriterOptions): PredictionWriter {
  const images: CocoImage[] = []
  return {
    async add({ picture, size, boxes }) {
      images.push({ file: picture.name.replaceAll('\\', '/'), size, boxes })
    },
    end: () => write(folder, 'predictions.coco.json', `${JSON.stringify(toCoco(images, classes))}\n`),
  }
}

async function write(folder: string, name: string, content: string | Uint8Array): Promise<void> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}
