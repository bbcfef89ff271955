import { clampToImage, type ImageSize, type LabelledBox, type Xyxy } from '../box.ts'
import { joinOutlines, separateOutlines } from '../joined-outlines.ts'
import { hull, type Point, type Polygon } from '../polygon.ts'

/** A box in the trainer's label file: class index, then centre and size as shares of the image, 0 to 1. */
export interface YoloRow {
  readonly classIndex: number
  readonly centreX: number
  readonly centreY: number
  readonly width: number
  readonly height: number
}

/** An outline in a label file for segmentation: the corners of one ring as shares of the image. */
export interface YoloOutline {
  readonly classIndex: number
  readonly ring: Polygon
}

export type YoloLabel = YoloRow | YoloOutline

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

/**
 * An instance as one ring, cut to the image: several outlines are joined ({@link joinOutlines}), and a box without one
 * becomes its four corners, because the trainer drops an image whose file holds boxes and outlines.
 */
export function toYoloOutline(
  classIndex: number,
  { xyxy, polygons = [] }: Pick<LabelledBox, 'xyxy' | 'polygons'>,
  size: ImageSize,
): YoloOutline {
  const joined = joinOutlines(polygons.map((outline) => outline.map((point) => toShare(point, size))))
  const [x1, y1, x2, y2] = xyxy
  const corners: Polygon = [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ]
  return { classIndex, ring: joined.length > 2 ? joined : corners.map((point) => toShare(point, size)) }
}

function toShare([x, y]: Point, size: ImageSize): Point {
  const [left, top] = clampToImage([x, y, x, y], size)
  return [Number((left / size.width).toFixed(decimals)), Number((top / size.height).toFixed(decimals))]
}

/** The outlines of a ring in pixels of an image of `size`, and the box around them. Null when it encloses nothing. */
export function fromYoloOutline(
  { ring }: YoloOutline,
  size: ImageSize,
): { readonly xyxy: Xyxy; readonly polygons: readonly Polygon[] } | null {
  const polygons = separateOutlines(ring).map((outline) =>
    outline.map(([x, y]): Point => [x * size.width, y * size.height]),
  )
  return polygons.length === 0 ? null : { xyxy: hull(polygons.flat()), polygons }
}

/**
 * What people labelled on one image as the rows of its label file: boxes for `detect`, outlines for `segment`, never both
 * in one file. Crowd regions are no instances: they are left out, as Ultralytics does with COCO's.
 * @throws RangeError when a box is of a class that is not listed
 */
export function toYoloLabels(
  boxes: readonly Omit<LabelledBox, 'score'>[],
  size: ImageSize,
  classes: readonly string[],
  task: 'detect' | 'segment',
): YoloLabel[] {
  return boxes.flatMap((box): YoloLabel[] => {
    if (box.crowd === true) return []
    const classIndex = classes.indexOf(box.class)
    if (classIndex < 0) throw new RangeError(`The class ${box.class} is none of ${classes.join(', ')}.`)
    return task === 'detect'
      ? [toYoloRow(classIndex, box.xyxy, size)]
      : [toYoloOutline(classIndex, box, size)]
  })
}

/** Eight decimals keep a 30,000-pixel image exact to a thousandth of a pixel. */
const decimals = 8

const numbersOf = (label: YoloLabel): readonly number[] =>
  'ring' in label ? label.ring.flat() : [label.centreX, label.centreY, label.width, label.height]

/** The text of one label file. No rows gives an empty file: "looked at, nothing there". */
export const toLabelText = (rows: readonly YoloLabel[]): string =>
  rows
    .map(
      (row) =>
        `${row.classIndex} ${numbersOf(row)
          .map((value) => value.toFixed(decimals))
          .join(' ')}\n`,
    )
    .join('')

/**
 * Reads a label file of boxes, outlines or both. Throws a plain Error that names the line: a class number, then four shares
 * of 0 to 1 (a box) or at least three pairs of them (an outline).
 */
export const parseLabelText = (text: string): YoloLabel[] =>
  text
    .split(/\r?\n/)
    .flatMap((line, index) => (line.trim() === '' ? [] : [parseLabelRow(line.trim(), index + 1)]))

/** One line of it: see {@link parseLabelText}. */
export function parseLabelRow(line: string, number: number): YoloLabel {
  const [classIndex = -1, ...shares] = line.split(/\s+/).map(Number)
  if (shares.length < 4 || shares.length % 2 === 1) {
    throw new Error(
      `Line ${number} should hold "class x y width height" or "class x1 y1 x2 y2 x3 y3 …" and holds "${line}".`,
    )
  }
  if (!Number.isInteger(classIndex) || classIndex < 0 || !shares.every((share) => share >= 0 && share <= 1)) {
    throw new Error(`Line ${number} should hold a class number and shares of 0 to 1: "${line}".`)
  }
  const [centreX = 0, centreY = 0, width = 0, height = 0, ...rest] = shares
  if (rest.length === 0) return { classIndex, centreX, centreY, width, height }
  const ring: Point[] = []
  for (let at = 0; at < shares.length; at += 2) ring.push([shares[at] ?? 0, shares[at + 1] ?? 0])
  return { classIndex, ring }
}

/**
 * The text of `data.yaml`. `folder` is absolute, because the trainer looks up a relative one in its own settings; null leaves
 * it out, and the trainer takes the folder the file lies in. There is never a `download` key: the trainer would run its value
 * as code. Strings are quoted as JSON, which is YAML too.
 */
export const toDataYaml = ({
  folder,
  classes,
  test = false,
}: {
  readonly folder: string | null
  readonly classes: readonly string[]
  readonly test?: boolean
}): string =>
  [
    ...(folder === null ? [] : [`path: ${JSON.stringify(folder)}`]),
    'train: images/train',
    'val: images/val',
    ...(test ? ['test: images/test'] : []),
    'names:',
    ...classes.map((name, index) => `  ${index}: ${JSON.stringify(name)}`),
    '',
  ].join('\n')
