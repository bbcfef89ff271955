import type { ImageSize, Xyxy } from '../box.ts'
import type { MaskPrototypes } from './model-output.ts'

/** How much each pixel of a part of the model's input belongs to an instance: above 0 it does. */
export interface MaskField {
  /** Place of the part in the input, whole pixels. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Row by row. */
  readonly values: Float32Array
}

/** For each position of a fine grid: two positions of the coarse one, and the share of the second. */
interface Taps {
  readonly first: Int32Array
  readonly second: Int32Array
  readonly share: Float32Array
}

/** Bilinear, corners not aligned: what `interpolate(mode="bilinear")` of PyTorch does. */
function taps(from: number, length: number, fineSide: number, coarseSide: number): Taps {
  const scale = coarseSide / fineSide
  const first = new Int32Array(length)
  const second = new Int32Array(length)
  const share = new Float32Array(length)
  for (let index = 0; index < length; index += 1) {
    const position = Math.max(0, (from + index + 0.5) * scale - 0.5)
    const whole = Math.min(Math.floor(position), coarseSide - 1)
    first[index] = whole
    second[index] = Math.min(whole + 1, coarseSide - 1)
    share[index] = position - whole
  }
  return { first, second, share }
}

/**
 * The mask of one instance inside its box: prototypes mixed by the instance's coefficients, then enlarged to pixels of
 * the input (Bolya et al., YOLACT, 2019). Only the part under the box is computed, so 300 instances take the memory of
 * one. Null when the box covers no pixel, or none belongs to the instance: such a detection is no instance.
 * @param xyxy pixels of the input; a pixel counts when its upper left corner lies in the box
 */
export function maskField(
  prototypes: MaskPrototypes,
  coefficients: Float32Array,
  xyxy: Xyxy,
  input: ImageSize,
): MaskField | null {
  const [x1, y1, x2, y2] = xyxy
  const left = Math.max(0, Math.ceil(x1))
  const top = Math.max(0, Math.ceil(y1))
  const width = Math.min(input.width, Math.ceil(x2)) - left
  const height = Math.min(input.height, Math.ceil(y2)) - top
  if (width <= 0 || height <= 0) return null
  const columns = taps(left, width, input.width, prototypes.width)
  const rows = taps(top, height, input.height, prototypes.height)
  const coarse = mixed(prototypes, coefficients, columns, rows)
  const values = new Float32Array(width * height)
  const blended = new Float32Array(prototypes.width)
  let isEmpty = true
  for (let y = 0, out = 0; y < height; y += 1) {
    const upper = (rows.first[y] ?? 0) * prototypes.width
    const lower = (rows.second[y] ?? 0) * prototypes.width
    const lowerShare = rows.share[y] ?? 0
    for (let x = columns.first[0] ?? 0; x <= (columns.second[width - 1] ?? 0); x += 1) {
      blended[x] = (1 - lowerShare) * (coarse[upper + x] ?? 0) + lowerShare * (coarse[lower + x] ?? 0)
    }
    for (let x = 0; x < width; x += 1, out += 1) {
      const share = columns.share[x] ?? 0
      const value =
        (1 - share) * (blended[columns.first[x] ?? 0] ?? 0) + share * (blended[columns.second[x] ?? 0] ?? 0)
      values[out] = value
      if (value > 0) isEmpty = false
    }
  }
  return isEmpty ? null : { left, top, width, height, values }
}

/** The weighted sum of the prototypes, where it is needed. */
function mixed(
  { values, count, width, height }: MaskPrototypes,
  coefficients: Float32Array,
  columns: Taps,
  rows: Taps,
): Float32Array {
  const sum = new Float32Array(width * height)
  const [fromX, toX] = [columns.first[0] ?? 0, columns.second.at(-1) ?? 0]
  const [fromY, toY] = [rows.first[0] ?? 0, rows.second.at(-1) ?? 0]
  for (let index = 0; index < count; index += 1) {
    const weight = coefficients[index] ?? 0
    for (let y = fromY; y <= toY; y += 1) {
      const start = y * width
      for (let at = start + fromX; at <= start + toX; at += 1) {
        sum[at] = (sum[at] ?? 0) + weight * (values[index * width * height + at] ?? 0)
      }
    }
  }
  return sum
}
