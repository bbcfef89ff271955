import type { ImageSize } from '../../box.ts'
import type { ClassTable } from '../../ontology.ts'
import { collapseRepeats } from './collapse-repeats.ts'
import { extractElements } from './extract.ts'
import { isOffScale, rawBoxOf, readElement } from './read-element.ts'
import { excerpt, isLoss, type GeminiBox, type GeminiFault, type GeminiReading } from './types.ts'

export interface GeminiReplyText {
  readonly text: string
  /** `cut`: the vendor says that the reply ended for lack of tokens. */
  readonly finish: 'stop' | 'cut'
}

/**
 * Reads the boxes out of a reply, in pixels of an image of `size` as displayed. Lenient about the wrapping, strict about
 * every number: a box is taken from a complete object only. An empty list is an honest "no objects"; a reply without a
 * list, one cut before its first object, and one in another coordinate scale are `unreadable`. `withOutlines`: polygons and
 * masks are read, too; masks come back as pictures.
 */
export function readGeminiReply(
  { text, finish }: GeminiReplyText,
  classes: ClassTable,
  size: ImageSize,
  { withOutlines = false }: { readonly withOutlines?: boolean } = {},
): GeminiReading {
  const extraction = extractElements(text)
  if (extraction === null) {
    return unreadable(`expected a JSON list of objects and got "${excerpt(text)}"`)
  }
  const { elements } = extraction
  const wrapping = [...extraction.faults]
  if (finish === 'cut' && !wrapping.some(({ kind }) => kind === 'cut')) {
    if (elements.length === 0) return unreadable('the reply was cut before it named an object', wrapping)
    wrapping.push({ kind: 'cut', detail: 'the reply ended for lack of tokens' })
  }
  const otherScale = scaleProblem(elements)
  if (otherScale !== null) return unreadable(otherScale, wrapping)

  const readings = elements.map((element) => readElement(element, classes, size, withOutlines))
  const read = readings.map(({ box }) => box).filter((box): box is GeminiBox => box !== null)
  const { boxes, faults: repeats } = collapseRepeats(read)
  const faults = [...wrapping, ...readings.flatMap(({ faults }) => faults), ...repeats]
  if (elements.length > 0 && faults.filter(({ kind }) => kind === 'not-a-box').length === elements.length) {
    return unreadable(`none of ${elements.length} entries holds a box: ${faults[0]?.detail ?? ''}`, faults)
  }
  return { status: faults.some(isLoss) ? 'partial' : 'ok', boxes, faults }
}

const unreadable = (reason: string, faults: readonly GeminiFault[] = []): GeminiReading => ({
  status: 'unreadable',
  reason,
  faults,
})

/**
 * Says why a reply as a whole is in another scale than 0 to 1000, or null. One wild number is dropped with its box; several
 * mean that the others are wrong too, though they look right. The scale is never guessed.
 */
function scaleProblem(elements: readonly unknown[]): string | null {
  const boxes = elements.map(rawBoxOf).filter((box) => box !== null)
  if (boxes.length === 0) return null
  const off = boxes.filter(isOffScale)
  const example = JSON.stringify(off[0] ?? boxes[0])
  if (off.length === boxes.length || (off.length > 1 && off.length > boxes.length / 10)) {
    return `${off.length} of ${boxes.length} boxes are outside 0 to 1000, such as ${example}`
  }
  const isFraction = boxes.every((box) => box.every((v) => v >= 0 && v <= 1))
  return isFraction ? `all coordinates are between 0 and 1, expected 0 to 1000, such as ${example}` : null
}
