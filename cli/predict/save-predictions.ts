import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { LocalStudent } from '../../activities/compose-local.ts'
import { classColour } from '../../domain/class-colours.ts'
import { toCoco, type CocoImage } from '../../domain/formats/coco.ts'
import { toPredictionText } from '../../domain/formats/yolo-predictions.ts'
import type { ModelTask } from '../../domain/inference/output-layout.ts'
import { labelFileNames } from '../label-file-name.ts'
import { namesFile } from '../yolo-folder.ts'
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

function labelFiles({ folder, classes, task }: WriterOptions): PredictionWriter {
  const fileFor = labelFileNames()
  return {
    add: ({ picture: { name }, size, boxes }) =>
      write(folder, fileFor(name), toPredictionText(boxes, size, classes, task)),
    end: () => write(folder, namesFile, classes.map((name) => `${name}\n`).join('')),
  }
}

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
