import type { Detection } from './detection.ts'

/** Values of one output tensor, channel by channel. */
export interface HeadOutput {
  readonly values: Float32Array
  /** Second and third dimension; the first is one image. */
  readonly rows: number
  readonly columns: number
}

const boxRows = 4

/**
 * Candidates of a raw head [1, 4 + classes, anchors]: centre x, centre y, width, height in input pixels, then one score
 * a class (0 to 1). An anchor counts with its best class when that score is above `confidence`. Overlaps are still in.
 */
export function readRawHead({ values, rows, columns }: HeadOutput, confidence: number): Detection[] {
  const threshold = Math.fround(confidence)
  const best = values.slice(boxRows * columns, (boxRows + 1) * columns)
  const bestClass = new Int32Array(columns)
  for (let row = boxRows + 1; row < rows; row += 1) {
    const start = row * columns
    for (let anchor = 0; anchor < columns; anchor += 1) {
      const score = values[start + anchor] ?? 0
      if (score > (best[anchor] ?? 0)) {
        best[anchor] = score
        bestClass[anchor] = row - boxRows
      }
    }
  }
  const detections: Detection[] = []
  for (let anchor = 0; anchor < columns; anchor += 1) {
    const score = best[anchor] ?? 0
    if (!(score > threshold)) continue
    const at = (row: number): number => values[row * columns + anchor] ?? 0
    const halfWidth = Math.fround(at(2) / 2)
    const halfHeight = Math.fround(at(3) / 2)
    detections.push({
      xyxy: [
        Math.fround(at(0) - halfWidth),
        Math.fround(at(1) - halfHeight),
        Math.fround(at(0) + halfWidth),
        Math.fround(at(1) + halfHeight),
      ],
      score,
      classIndex: bestClass[anchor] ?? 0,
    })
  }
  return detections
}
