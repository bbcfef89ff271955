import { fromYoloRow, toYoloRow, type YoloRow } from './yolo.ts'
import type { ImageSize, LabelledBox } from '../box.ts'

/** A row of a label file that may say how sure it is, as `yolo predict save_txt save_conf` writes it: a sixth number. */
export interface ScoredYoloRow extends YoloRow {
  /** 0 to 1; null when the file gives none. */
  readonly score: number | null
}

const decimals = 8

/**
 * Boxes as the text of a label file, the score last where there is one.
 * @throws RangeError when a box is of a class that is not listed
 */
export const toPredictionText = (
  boxes: readonly LabelledBox[],
  size: ImageSize,
  classes: readonly string[],
): string =>
  boxes
    .map(({ class: name, xyxy, score }) => {
      const classIndex = classes.indexOf(name)
      if (classIndex < 0) throw new RangeError(`The class ${name} is none of ${classes.join(', ')}.`)
      const { centreX, centreY, width, height } = toYoloRow(classIndex, xyxy, size)
      const numbers = [centreX, centreY, width, height, ...(score === null ? [] : [score])]
      return `${classIndex} ${numbers.map((value) => value.toFixed(decimals)).join(' ')}\n`
    })
    .join('')

/** Reads label files with and without scores. Throws a plain Error that names the line. */
export const parsePredictionText = (text: string): ScoredYoloRow[] =>
  text.split(/\r?\n/).flatMap((line, index) => (line.trim() === '' ? [] : [parseRow(line.trim(), index + 1)]))

function parseRow(line: string, number: number): ScoredYoloRow {
  const values = line.split(/\s+/).map(Number)
  const [classIndex = -1, centreX = -1, centreY = -1, width = -1, height = -1, score] = values
  const shares = [centreX, centreY, width, height, score ?? 0]
  if (
    values.length > 6 ||
    !Number.isInteger(classIndex) ||
    classIndex < 0 ||
    !shares.every((share) => share >= 0 && share <= 1)
  ) {
    throw new Error(
      `Line ${number} should hold "class x y width height" and perhaps a score, shares of 0 to 1: "${line}".`,
    )
  }
  return { classIndex, centreX, centreY, width, height, score: score ?? null }
}

/**
 * The boxes of a label file in pixels of an image of `size`.
 * @throws RangeError when a row's class has no name
 */
export const fromPredictionRows = (
  rows: readonly ScoredYoloRow[],
  size: ImageSize,
  classes: readonly string[],
): LabelledBox[] =>
  rows.map((row) => {
    const name = classes[row.classIndex]
    if (name === undefined)
      throw new RangeError(`There is no name for class ${row.classIndex}: ${classes.length} are known.`)
    return { class: name, xyxy: fromYoloRow(row, size), score: row.score }
  })
