import type { ImageSize, LabelledBox } from '../box.ts'
import {
  fromYoloOutline,
  fromYoloRow,
  parseLabelRow,
  toLabelText,
  toYoloLabels,
  type YoloLabel,
} from './yolo.ts'

/** A row of a label file that may say how sure it is, as `yolo predict save_txt save_conf` writes it: a last number more. */
export interface ScoredYoloLabel {
  readonly label: YoloLabel
  /** 0 to 1; null when the file gives none. */
  readonly score: number | null
}

const decimals = 8

/**
 * Boxes as the text of a label file, the score last where there is one: rows of boxes for `detect`, of outlines for
 * `segment`.
 * @throws RangeError when a box is of a class that is not listed
 */
export const toPredictionText = (
  boxes: readonly LabelledBox[],
  size: ImageSize,
  classes: readonly string[],
  task: 'detect' | 'segment',
): string =>
  boxes
    .map((box) => {
      const text = toLabelText(toYoloLabels([box], size, classes, task))
      return box.score === null ? text : text.replace(/\n$/, ` ${box.score.toFixed(decimals)}\n`)
    })
    .join('')

/** Reads label files with and without scores. Throws a plain Error that names the line. */
export const parsePredictionText = (text: string): ScoredYoloLabel[] =>
  text.split(/\r?\n/).flatMap((line, index) => (line.trim() === '' ? [] : [parseRow(line.trim(), index + 1)]))

/** Without a score the numbers are odd: a class, then pairs. */
function parseRow(line: string, number: number): ScoredYoloLabel {
  const words = line.split(/\s+/)
  if (words.length % 2 === 1) return { label: parseLabelRow(line, number), score: null }
  const score = Number(words.at(-1))
  if (!(score >= 0 && score <= 1)) {
    throw new Error(`Line ${number} should end with a score of 0 to 1: "${line}".`)
  }
  return { label: parseLabelRow(words.slice(0, -1).join(' '), number), score }
}

/**
 * The boxes of a label file in pixels of an image of `size`. An outline that encloses nothing is left out.
 * @throws RangeError when a row's class has no name
 */
export const fromPredictionRows = (
  rows: readonly ScoredYoloLabel[],
  size: ImageSize,
  classes: readonly string[],
): LabelledBox[] =>
  rows.flatMap(({ label, score }): LabelledBox[] => {
    const name = classes[label.classIndex]
    if (name === undefined)
      throw new RangeError(`There is no name for class ${label.classIndex}: ${classes.length} are known.`)
    if (!('ring' in label)) return [{ class: name, xyxy: fromYoloRow(label, size), score }]
    const shape = fromYoloOutline(label, size)
    return shape === null ? [] : [{ class: name, ...shape, score }]
  })
