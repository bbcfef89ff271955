import type { ImageSize } from '../box.ts'
import { roundHalfEven } from './round-half-even.ts'

const weightScale = 2048
const channels = 3

/** For every output position: two source positions and their weights, which add up to 2048. */
interface Taps {
  readonly first: Int32Array
  readonly second: Int32Array
  readonly firstWeight: Int32Array
  readonly secondWeight: Int32Array
}

/** Weights are fixed point from a float32 coordinate. At the borders positions are clamped and fractions kept, as OpenCV does. */
function taps(sourceLength: number, targetLength: number): Taps {
  const scale = 1 / (targetLength / sourceLength)
  const last = sourceLength - 1
  const first = new Int32Array(targetLength)
  const second = new Int32Array(targetLength)
  const firstWeight = new Int32Array(targetLength)
  const secondWeight = new Int32Array(targetLength)
  for (let index = 0; index < targetLength; index += 1) {
    const coordinate = Math.fround((index + 0.5) * scale - 0.5)
    const whole = Math.floor(coordinate)
    const fraction = Math.fround(coordinate - whole)
    first[index] = Math.min(Math.max(whole, 0), last)
    second[index] = Math.min(Math.max(whole + 1, 0), last)
    firstWeight[index] = roundHalfEven(Math.fround(1 - fraction) * weightScale)
    secondWeight[index] = roundHalfEven(fraction * weightScale)
  }
  return { first, second, firstWeight, secondWeight }
}

function resizeRow(rgb: Uint8Array, rowStart: number, columns: Taps, row: Int32Array): void {
  const { first, second, firstWeight, secondWeight } = columns
  for (let x = 0, out = 0; x < first.length; x += 1, out += channels) {
    const a = rowStart + (first[x] ?? 0) * channels
    const b = rowStart + (second[x] ?? 0) * channels
    const weightA = firstWeight[x] ?? 0
    const weightB = secondWeight[x] ?? 0
    row[out] = (rgb[a] ?? 0) * weightA + (rgb[b] ?? 0) * weightB
    row[out + 1] = (rgb[a + 1] ?? 0) * weightA + (rgb[b + 1] ?? 0) * weightB
    row[out + 2] = (rgb[a + 2] ?? 0) * weightA + (rgb[b + 2] ?? 0) * weightB
  }
}

/**
 * Bilinear resize of interleaved 8-bit RGB, without antialiasing: byte for byte `cv2.resize(…, INTER_LINEAR)` of OpenCV
 * 4.14 and 5.0 (test/fixtures/golden/). A model sees at inference what it saw in training only if this is exact.
 */
export function resizeBilinear(rgb: Uint8Array, source: ImageSize, target: ImageSize): Uint8Array {
  const columns = taps(source.width, target.width)
  const rows = taps(source.height, target.height)
  const stride = target.width * channels
  const resized = new Uint8Array(stride * target.height)
  let upper = { row: -1, values: new Int32Array(stride) }
  let lower = { row: -1, values: new Int32Array(stride) }
  const load = (buffer: { row: number; values: Int32Array }, row: number): void => {
    if (buffer.row === row) return
    resizeRow(rgb, row * source.width * channels, columns, buffer.values)
    buffer.row = row
  }
  for (let y = 0; y < target.height; y += 1) {
    const upperRow = rows.first[y] ?? 0
    if (lower.row === upperRow) [upper, lower] = [lower, upper]
    load(upper, upperRow)
    load(lower, rows.second[y] ?? 0)
    blendRows(
      upper.values,
      lower.values,
      rows.firstWeight[y] ?? 0,
      rows.secondWeight[y] ?? 0,
      resized,
      y * stride,
    )
  }
  return resized
}

function blendRows(
  upper: Int32Array,
  lower: Int32Array,
  upperWeight: number,
  lowerWeight: number,
  out: Uint8Array,
  start: number,
): void {
  for (let i = 0; i < upper.length; i += 1) {
    const a = (upperWeight * ((upper[i] ?? 0) >> 4)) >> 16
    const b = (lowerWeight * ((lower[i] ?? 0) >> 4)) >> 16
    out[start + i] = (a + b + 2) >> 2
  }
}
