import type { Detection } from './detection.ts'
import type { HeadOutput } from './model-output.ts'

/** x1, y1, x2, y2, score, class; mask coefficients follow. */
export const endToEndColumns = 6

/**
 * Boxes of an end-to-end head [1, 300, 6 or more]: corners in input pixels, score, class; final, sorted, padded with
 * rows of no score. The first `maxDetections` above `confidence` count.
 */
export function readEndToEndHead(
  { values, rows, columns }: HeadOutput,
  confidence: number,
  maxDetections: number,
): Detection[] {
  const threshold = Math.fround(confidence)
  const detections: Detection[] = []
  for (let row = 0; row < rows && detections.length < maxDetections; row += 1) {
    const at = (column: number): number => values[row * columns + column] ?? 0
    if (!(at(4) > threshold)) continue
    detections.push({ xyxy: [at(0), at(1), at(2), at(3)], score: at(4), classIndex: at(5), place: row })
  }
  return detections
}
