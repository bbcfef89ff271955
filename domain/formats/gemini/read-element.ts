import { clampToImage, isDegenerate, type ImageSize } from '../../box.ts'
import type { ClassTable } from '../../ontology.ts'
import { box2dToXyxy, type Box2d } from './box-2d.ts'
import { isJsonObject } from './extract.ts'
import { readOutline } from './read-outline.ts'
import { excerpt, type GeminiBox, type GeminiFault } from './types.ts'

/** One entry of a reply as far as it can be read: a box, or nothing, and what was wrong with it. */
export interface ElementReading {
  readonly box: GeminiBox | null
  readonly faults: readonly GeminiFault[]
}

/** Rounding past the border is mended; more than this past 0 or 1000 is another scale. */
const tolerance = 10

const shown = (value: unknown): string => excerpt(JSON.stringify(value) ?? String(value))

/** The four numbers under `box_2d`, or null. No other key is taken: `bbox` and the like mean another order. */
export function rawBoxOf(element: unknown): Box2d | null {
  if (!isJsonObject(element)) return null
  const raw = element['box_2d'] ?? element['box2d']
  if (!Array.isArray(raw) || raw.length !== 4) return null
  const [ymin, xmin, ymax, xmax]: unknown[] = raw
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
  return isNumber(ymin) && isNumber(xmin) && isNumber(ymax) && isNumber(xmax)
    ? [ymin, xmin, ymax, xmax]
    : null
}

/** True for numbers that are not thousandths of the image: pixels of a larger picture, or digits gone wild. */
export const isOffScale = (box: Box2d): boolean => box.some((v) => v < -tolerance || v > 1000 + tolerance)

function labelOf(element: unknown): string | null {
  if (!isJsonObject(element)) return null
  for (const key of ['label', 'class', 'class_name', 'name', 'category']) {
    const value = element[key]
    if (typeof value === 'string' && value.trim() !== '') return value
  }
  return null
}

/**
 * Reads one entry: the label through the class table, the box from Gemini's y-first thousandths to pixels. Corners in the
 * wrong order are swapped and values just past the border are clamped, each with a fault; anything else that is wrong
 * drops the entry with a fault that says what came. An outline, read where it is wanted, never costs the box its place:
 * one that cannot be used is left out with a fault.
 */
export function readElement(
  element: unknown,
  classes: ClassTable,
  size: ImageSize,
  withOutlines = false,
): ElementReading {
  const dropped = (kind: GeminiFault['kind'], detail: string): ElementReading => ({
    box: null,
    faults: [{ kind, detail }],
  })
  const raw = rawBoxOf(element)
  const label = labelOf(element)
  if (raw === null) return dropped('not-a-box', `box_2d is not four numbers: ${shown(element)}`)
  if (label === null) return dropped('not-a-box', `no label: ${shown(element)}`)
  const name = classes.find(label)
  if (name === null) return dropped('unknown-label', excerpt(label))
  if (isOffScale(raw)) return dropped('out-of-range', `${name} at ${shown(raw)}, expected 0 to 1000`)

  const faults: GeminiFault[] = []
  const [ymin, xmin, ymax, xmax] = raw
  if (ymin > ymax || xmin > xmax) faults.push({ kind: 'inverted-box', detail: `${name} at ${shown(raw)}` })
  if (raw.some((v) => v < 0 || v > 1000)) {
    faults.push({ kind: 'clamped-box', detail: `${name} at ${shown(raw)}` })
  }
  const upright: Box2d = [
    Math.min(ymin, ymax),
    Math.min(xmin, xmax),
    Math.max(ymin, ymax),
    Math.max(xmin, xmax),
  ]
  const xyxy = clampToImage(box2dToXyxy(upright, size), size)
  if (isDegenerate(xyxy)) {
    return dropped('degenerate-box', `${name} at ${shown(raw)} is thinner than a pixel`)
  }
  const box = { class: name, xyxy, score: null }
  if (!withOutlines || !isJsonObject(element)) return { box, faults }
  const outline = readOutline(element, box, size)
  return { box: outline.box, faults: [...faults, ...outline.faults] }
}
