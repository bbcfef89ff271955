import type { Detection } from './detection.ts'
import type { HeadOutput } from './model-output.ts'

/** Centre x, centre y, width, height; the scores of the classes follow, then mask coefficients. */
export const boxRows = 4

/**
 * Candidates of a raw head [1, 4 + classes (+ mask coefficients), anchors]: box in input pixels, then one score a class
 * (0 to 1). An anchor counts with its best class when that score is above `confidence`. Overlaps are still in.
 */
export function readRawHead(
  { values, columns }: HeadOutput,
  classes: number,
  confidence: number,
): Detection[] {
  // Row by row, as the values lie in memory, and nearly always a comparison that is false: 1,000 classes cost no more.
  const best = new Float32Array(columns).fill(confidence)
  const bestClass = new Int16Array(columns).fill(-1)
  for (let index = 0, at = boxRows * columns; index < classes; index += 1) {
    for (let anchor = 0; anchor < columns; anchor += 1, at += 1) {
      const score = values[at] ?? 0
      if (score > (best[anchor] ?? 0)) {
        best[anchor] = score
        bestClass[anchor] = index
      }
    }
  }
  const detections: Detection[] = []
  for (let anchor = 0; anchor < columns; anchor += 1) {
    const classIndex = bestClass[anchor] ?? -1
    if (classIndex < 0) continue
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
      score: best[anchor] ?? 0,
      classIndex,
      place: anchor,
    })
  }
  return detections
}
