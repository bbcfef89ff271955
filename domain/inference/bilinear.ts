import type { ImageSize } from '../box.ts'
import { roundHalfEven } from './round-half-even.ts'

const weightScale = 2048
const channels = 3

/**
 * For every output position four numbers side by side: where the two source values are, in steps of `step`, and their
 * weights, which add up to 2048.
 */
type Taps = Int32Array

/** Weights are fixed point from a float32 coordinate. At the borders positions are clamped and fractions kept, as OpenCV does. */
function taps(sourceLength: number, targetLength: number, step: number): Taps {
  const scale = 1 / (targetLength / sourceLength)
  const last = sourceLength - 1
  const taps = new Int32Array(4 * targetLength)
  for (let index = 0; index < targetLength; index += 1) {
    const coordinate = Math.fround((index + 0.5) * scale - 0.5)
    const whole = Math.floor(coordinate)
    const fraction = Math.fround(coordinate - whole)
    taps[4 * index] = Math.min(Math.max(whole, 0), last) * step
    taps[4 * index + 1] = Math.min(Math.max(whole + 1, 0), last) * step
    taps[4 * index + 2] = roundHalfEven(Math.fround(1 - fraction) * weightScale)
    taps[4 * index + 3] = roundHalfEven(fraction * weightScale)
  }
  return taps
}

/**
 * One source row at the target's width, channel after channel instead of pixel by pixel. The four lowest bits are never
 * looked at again: what is left fits 16 bits.
 */
function stretchRow(rgb: Uint8Array, start: number, columns: Taps, row: Uint16Array): void {
  const width = columns.length / 4
  for (let x = 0, tap = 0; x < width; x += 1, tap += 4) {
    const a = start + (columns[tap] ?? 0)
    const b = start + (columns[tap + 1] ?? 0)
    const weightA = columns[tap + 2] ?? 0
    const weightB = columns[tap + 3] ?? 0
    row[x] = (Math.imul(rgb[a] ?? 0, weightA) + Math.imul(rgb[b] ?? 0, weightB)) >> 4
    row[x + width] = (Math.imul(rgb[a + 1] ?? 0, weightA) + Math.imul(rgb[b + 1] ?? 0, weightB)) >> 4
    row[x + 2 * width] = (Math.imul(rgb[a + 2] ?? 0, weightA) + Math.imul(rgb[b + 2] ?? 0, weightB)) >> 4
  }
}

/** Where values of 0 to 255 are put, as what, and how far it is from one row and from one channel to the next. */
export interface Planes<T extends Uint8Array | Float32Array> {
  readonly values: T
  /** What stands for each of the 256 values. */
  readonly shades: T
  readonly start: number
  readonly row: number
  readonly channel: number
}

/**
 * Bilinear resize of interleaved 8-bit RGB into planes, without antialiasing: byte for byte `cv2.resize(…, INTER_LINEAR)`
 * of OpenCV 4.14 and 5.0 (test/fixtures/golden/). A model sees at inference what it saw in training only if this is exact.
 */
export function resizeIntoPlanes<T extends Uint8Array | Float32Array>(
  rgb: Uint8Array,
  source: ImageSize,
  target: ImageSize,
  planes: Planes<T>,
): void {
  // Resizing to the same size changes nothing, here as there: weights of 2048 and 0 give back each value.
  if (source.width === target.width && source.height === target.height) {
    copyIntoPlanes(rgb, source, planes)
    return
  }
  const columns = taps(source.width, target.width, channels)
  const rows = taps(source.height, target.height, source.width * channels)
  let upper = { row: -1, values: new Uint16Array(target.width * channels) }
  let lower = { row: -1, values: new Uint16Array(target.width * channels) }
  const load = (buffer: { row: number; values: Uint16Array }, row: number): void => {
    if (buffer.row === row) return
    stretchRow(rgb, row, columns, buffer.values)
    buffer.row = row
  }
  for (let y = 0; y < target.height; y += 1) {
    const upperRow = rows[4 * y] ?? 0
    if (lower.row === upperRow) [upper, lower] = [lower, upper]
    load(upper, upperRow)
    load(lower, rows[4 * y + 1] ?? 0)
    const [upperWeight, lowerWeight] = [rows[4 * y + 2] ?? 0, rows[4 * y + 3] ?? 0]
    for (let channel = 0; channel < channels; channel += 1) {
      const from = channel * target.width
      const to = planes.start + y * planes.row + channel * planes.channel
      blendRows(upper.values, lower.values, from, target.width, upperWeight, lowerWeight, planes, to)
    }
  }
}

function blendRows<T extends Uint8Array | Float32Array>(
  upper: Uint16Array,
  lower: Uint16Array,
  from: number,
  width: number,
  upperWeight: number,
  lowerWeight: number,
  { values, shades }: Planes<T>,
  to: number,
): void {
  for (let x = 0; x < width; x += 1) {
    const a = Math.imul(upperWeight, upper[from + x] ?? 0) >> 16
    const b = Math.imul(lowerWeight, lower[from + x] ?? 0) >> 16
    values[to + x] = shades[(a + b + 2) >> 2] ?? 0
  }
}

function copyIntoPlanes<T extends Uint8Array | Float32Array>(
  rgb: Uint8Array,
  { width, height }: ImageSize,
  { values, shades, start, row, channel }: Planes<T>,
): void {
  let pixel = 0
  for (let y = 0; y < height; y += 1) {
    let out = start + y * row
    for (let x = 0; x < width; x += 1, out += 1, pixel += channels) {
      values[out] = shades[rgb[pixel] ?? 0] ?? 0
      values[out + channel] = shades[rgb[pixel + 1] ?? 0] ?? 0
      values[out + 2 * channel] = shades[rgb[pixel + 2] ?? 0] ?? 0
    }
  }
}
