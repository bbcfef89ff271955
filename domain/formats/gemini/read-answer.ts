import type { Box3d } from '../../box-3d.ts'
import type { ImageSize } from '../../box.ts'
import { createOpenClassTable } from '../../ontology.ts'
import type { Point, Polygon } from '../../polygon.ts'
import type { Xyxy } from '../../box.ts'
import { extractElements, isJsonObject } from './extract.ts'
import type { AnswerForm } from './question.ts'
import { readGeminiReply, type GeminiReplyText } from './read-reply.ts'
import { excerpt, type GeminiFault } from './types.ts'

/** One thing that an answer names, in pixels of its picture as displayed. */
export type AnswerItem = { readonly label: string } & (
  | {
      readonly xyxy: Xyxy
      readonly polygons?: readonly Polygon[] | undefined
      /** A mask that nobody has traced yet, as a PNG in base64. */
      readonly maskPng?: string | undefined
    }
  | { readonly xy: Point }
  | { readonly box3d: Box3d }
)

export type AnswerReading =
  | {
      readonly status: 'read'
      /** One list a picture. */
      readonly items: readonly (readonly AnswerItem[])[]
      readonly faults: readonly GeminiFault[]
    }
  | { readonly status: 'unreadable'; readonly reason: string }

/**
 * Reads what was found on each picture out of an answer. With several pictures every entry says in `image` which it is about,
 * counted from 1; an entry that does not is a fault.
 * @param sizes of the pictures, in the order in which they were sent
 */
export function readAnswer(
  reply: GeminiReplyText,
  form: Exclude<AnswerForm, 'text'>,
  sizes: readonly ImageSize[],
): AnswerReading {
  const extraction = extractElements(reply.text)
  if (extraction === null) {
    return { status: 'unreadable', reason: `expected a JSON list and got "${excerpt(reply.text)}"` }
  }
  if (reply.finish === 'cut' && extraction.elements.length === 0) {
    return { status: 'unreadable', reason: 'the answer was cut before it named anything' }
  }
  const faults: GeminiFault[] = [...extraction.faults]
  if (reply.finish === 'cut' && !faults.some(({ kind }) => kind === 'cut'))
    faults.push({ kind: 'cut', detail: 'the answer ended for lack of tokens' })
  const items: AnswerItem[][] = []
  for (const [index, size] of sizes.entries()) {
    const own = extraction.elements.filter((element) => pictureOf(element, sizes.length) === index)
    const reading =
      form === 'points' || form === 'boxes3d' ? readEach(own, form, size) : readBoxes(own, form, size)
    if (reading.status === 'unreadable') return reading
    items.push([...(reading.items[0] ?? [])])
    faults.push(...reading.faults)
  }
  const astray = extraction.elements.filter((element) => pictureOf(element, sizes.length) === null)
  faults.push(
    ...astray.map((element) => ({
      kind: 'not-a-box' as const,
      detail: `of no picture: ${excerpt(JSON.stringify(element))}`,
    })),
  )
  return { status: 'read', items, faults }
}

function pictureOf(element: unknown, pictures: number): number | null {
  if (pictures === 1) return 0
  const number = isJsonObject(element) ? element['image'] : null
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= pictures
    ? number - 1
    : null
}

function readBoxes(elements: readonly unknown[], form: 'boxes' | 'masks', size: ImageSize): AnswerReading {
  const text = { text: JSON.stringify(elements), finish: 'stop' } as const
  const reading = readGeminiReply(text, createOpenClassTable(), size, { withOutlines: form === 'masks' })
  if (reading.status === 'unreadable') return reading
  const items = reading.boxes.map(({ class: label, xyxy, polygons, maskPng }) => ({
    label,
    xyxy,
    polygons,
    maskPng,
  }))
  return { status: 'read', items: [items], faults: reading.faults }
}

function readEach(elements: readonly unknown[], form: 'points' | 'boxes3d', size: ImageSize): AnswerReading {
  const items: AnswerItem[] = []
  const faults: GeminiFault[] = []
  for (const element of elements) {
    const item = form === 'points' ? pointOf(element, size) : solidOf(element)
    if (item === null) {
      faults.push({ kind: 'not-a-box', detail: `expected ${form}: ${excerpt(JSON.stringify(element))}` })
    } else items.push(item)
  }
  if (elements.length > 0 && items.length === 0) {
    return {
      status: 'unreadable',
      reason: `none of ${elements.length} entries can be read: ${faults[0]?.detail ?? ''}`,
    }
  }
  return { status: 'read', items: [items], faults }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

function numbersUnder(element: unknown, key: string, count: number): readonly number[] | null {
  const value = isJsonObject(element) ? element[key] : null
  return Array.isArray(value) && value.length === count && value.every(isNumber) ? value : null
}

const labelOf = (element: unknown): string => {
  const label = isJsonObject(element) ? element['label'] : null
  return typeof label === 'string' ? label.trim() : ''
}

/** `[y, x]` in thousandths; a point outside the picture is none. */
function pointOf(element: unknown, { width, height }: ImageSize): AnswerItem | null {
  const [y, x] = numbersUnder(element, 'point', 2) ?? []
  if (y === undefined || x === undefined || Math.min(x, y) < 0 || Math.max(x, y) > 1000) return null
  return { label: labelOf(element), xy: [(x * width) / 1000, (y * height) / 1000] }
}

function solidOf(element: unknown): AnswerItem | null {
  const told = numbersUnder(element, 'box_3d', 9)
  if (told === null) return null
  const three = (from: number): readonly [number, number, number] => [
    told[from] ?? 0,
    told[from + 1] ?? 0,
    told[from + 2] ?? 0,
  ]
  const box3d = { centre: three(0), size: three(3), rotation: three(6) }
  return box3d.size.some((side) => side <= 0) ? null : { label: labelOf(element), box3d }
}
