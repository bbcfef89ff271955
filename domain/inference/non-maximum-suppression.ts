import type { Detection } from './detection.ts'

/** Moves boxes of different classes apart so that one pass serves all classes; float32 like the reference. */
const classOffset = 7680
/** More candidates than this are not looked at: the reference's own limit. */
const maxCandidates = 30_000

export interface SuppressionSettings {
  /** A box is dropped when it overlaps a better one of its class by more. */
  readonly iou: number
  readonly maxDetections: number
}

/**
 * Keeps the best of every bunch of overlapping boxes of one class, best first. All arithmetic is rounded to float32
 * and equal scores keep their order: so the result equals torchvision's `nms` as Ultralytics calls it, to the last bit.
 */
export function suppressOverlaps(
  candidates: readonly Detection[],
  { iou, maxDetections }: SuppressionSettings,
): Detection[] {
  const sorted = [...candidates].sort((a, b) => b.score - a.score).slice(0, maxCandidates)
  const corners = shiftedCorners(sorted)
  const areas = boxAreas(corners)
  const suppressed = new Uint8Array(sorted.length)
  const kept: Detection[] = []
  for (const [index, detection] of sorted.entries()) {
    if (suppressed[index] === 1) continue
    kept.push(detection)
    if (kept.length === maxDetections) break
    suppressAfter(index, corners, areas, iou, suppressed)
  }
  return kept
}

function shiftedCorners(detections: readonly Detection[]): Float32Array {
  const corners = new Float32Array(detections.length * 4)
  detections.forEach(({ xyxy, classIndex }, index) => {
    const offset = classIndex * classOffset
    xyxy.forEach((value, side) => {
      corners[index * 4 + side] = value + offset
    })
  })
  return corners
}

function boxAreas(corners: Float32Array): Float32Array {
  const areas = new Float32Array(corners.length / 4)
  for (let i = 0, at = 0; i < areas.length; i += 1, at += 4) {
    const width = Math.fround((corners[at + 2] ?? 0) - (corners[at] ?? 0))
    areas[i] = width * Math.fround((corners[at + 3] ?? 0) - (corners[at + 1] ?? 0))
  }
  return areas
}

function suppressAfter(
  index: number,
  corners: Float32Array,
  areas: Float32Array,
  threshold: number,
  suppressed: Uint8Array,
): void {
  const x1 = corners[index * 4] ?? 0
  const y1 = corners[index * 4 + 1] ?? 0
  const x2 = corners[index * 4 + 2] ?? 0
  const y2 = corners[index * 4 + 3] ?? 0
  const area = areas[index] ?? 0
  for (let other = index + 1; other < suppressed.length; other += 1) {
    if (suppressed[other] === 1) continue
    const at = other * 4
    const width = Math.fround(Math.min(x2, corners[at + 2] ?? 0) - Math.max(x1, corners[at] ?? 0))
    const height = Math.fround(Math.min(y2, corners[at + 3] ?? 0) - Math.max(y1, corners[at + 1] ?? 0))
    if (width <= 0 || height <= 0) continue
    const shared = Math.fround(width * height)
    const union = Math.fround(Math.fround(area + (areas[other] ?? 0)) - shared)
    if (Math.fround(shared / union) > threshold) suppressed[other] = 1
  }
}
