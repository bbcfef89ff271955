import { clampToImage, type ImageSize, type Xyxy } from '../box.ts'

/** A box in the trainer's label file: class index, then centre and size as shares of the image, 0 to 1. */
export interface YoloRow {
  readonly classIndex: number
  readonly centreX: number
  readonly centreY: number
  readonly width: number
  readonly height: number
}

/** Pixels of the displayed image to shares of it. The box is cut to the image first: the trainer refuses what lies outside. */
export function toYoloRow(classIndex: number, xyxy: Xyxy, size: ImageSize): YoloRow {
  const [x1, y1, x2, y2] = clampToImage(xyxy, size)
  return {
    classIndex,
    centreX: (x1 + x2) / 2 / size.width,
    centreY: (y1 + y2) / 2 / size.height,
    width: (x2 - x1) / size.width,
    height: (y2 - y1) / size.height,
  }
}

/** Back to corners in pixels of an image of `size`. */
export function fromYoloRow({ centreX, centreY, width, height }: YoloRow, size: ImageSize): Xyxy {
  return [
    (centreX - width / 2) * size.width,
    (centreY - height / 2) * size.height,
    (centreX + width / 2) * size.width,
    (centreY + height / 2) * size.height,
  ]
}

/** Eight decimals keep a 30,000-pixel image exact to a thousandth of a pixel. */
const decimals = 8

/** The text of one label file. No rows gives an empty file: "looked at, nothing there". */
export const toLabelText = (rows: readonly YoloRow[]): string =>
  rows
    .map(({ classIndex, ...share }) =>
      [
        String(classIndex),
        ...[share.centreX, share.centreY, share.width, share.height].map((value) => value.toFixed(decimals)),
      ].join(' '),
    )
    .map((line) => `${line}\n`)
    .join('')

/** Reads a label file of boxes. Throws a plain Error that names the line: five finite numbers, shares within 0 to 1. */
export function parseLabelText(text: string): YoloRow[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    if (line.trim() === '') return []
    const [classIndex, centreX, centreY, width, height, ...rest] = line.trim().split(/\s+/).map(Number)
    if (
      classIndex === undefined ||
      centreX === undefined ||
      centreY === undefined ||
      width === undefined ||
      height === undefined ||
      rest.length > 0
    ) {
      throw new Error(`Line ${index + 1} should hold "class x y width height" and holds "${line.trim()}".`)
    }
    const shares = [centreX, centreY, width, height]
    if (
      !Number.isInteger(classIndex) ||
      classIndex < 0 ||
      !shares.every((share) => share >= 0 && share <= 1)
    ) {
      throw new Error(`Line ${index + 1} should hold a class number and shares of 0 to 1: "${line.trim()}".`)
    }
    return [{ classIndex, centreX, centreY, width, height }]
  })
}

/**
 * The text of `data.yaml`. `folder` is absolute, because the trainer looks up a relative one in its own settings. There is
 * never a `download` key: the trainer would run its value as code. Strings are quoted as JSON, which is YAML too.
 */
export const toDataYaml = ({
  folder,
  classes,
}: {
  readonly folder: string
  readonly classes: readonly string[]
}): string =>
  [
    `path: ${JSON.stringify(folder)}`,
    'train: images/train',
    'val: images/val',
    'names:',
    ...classes.map((name, index) => `  ${index}: ${JSON.stringify(name)}`),
    '',
  ].join('\n')
