import { findJsonSpans } from './json-spans.ts'
import { excerpt, type GeminiFault } from './types.ts'

/** What a reply lists, one entry for each object it names, unchecked. */
export interface Extraction {
  readonly elements: readonly unknown[]
  readonly faults: readonly GeminiFault[]
}

type JsonObject = Readonly<Record<string, unknown>>

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const parseJson = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

const isElement = (value: unknown): value is JsonObject =>
  isJsonObject(value) && ['box_2d', 'box2d', 'point', 'box_3d'].some((key) => key in value)

/** The list of objects that a JSON value holds, or null when it holds none. A list of numbers or words is none. */
function listIn(value: unknown): { readonly list: readonly unknown[]; readonly wrapped: boolean } | null {
  if (Array.isArray(value)) {
    return value.length === 0 || value.some(isJsonObject) ? { list: value, wrapped: false } : null
  }
  if (!isJsonObject(value)) return null
  if (isElement(value)) return { list: [value], wrapped: true }
  const lists = Object.values(value).filter((entry) => Array.isArray(entry) && listIn(entry) !== null)
  const [only] = lists
  return lists.length === 1 && Array.isArray(only) ? { list: only, wrapped: true } : null
}

const fault = (kind: GeminiFault['kind'], detail: string): GeminiFault => ({ kind, detail })

const wrappedFault = (wrapped: boolean): readonly GeminiFault[] =>
  wrapped ? [fault('wrapped', 'the list stood inside an object')] : []

/**
 * Finds the objects listed in a reply: plain JSON, JSON in a code fence or between prose, `{"detections": […]}`, several
 * lists one after the other, and the complete objects of a list that was cut off or does not parse. Null when the text
 * holds no list at all: that is no reply, and must not pass for "no objects".
 */
export function extractElements(text: string): Extraction | null {
  const whole = parseJson(text)
  if (whole !== null) {
    // Some proxies hand the JSON on as a JSON string.
    const value = typeof whole.value === 'string' ? parseJson(whole.value)?.value : whole.value
    const found = listIn(value)
    return found === null ? null : { elements: found.list, faults: wrappedFault(found.wrapped) }
  }
  return extractFromProse(text)
}

/** A reply nests four deep at most; a loop of brackets must not cost minutes. */
const deepest = 64

function extractFromProse(text: string): Extraction | null {
  const { closed, cutAt } = findJsonSpans(text)
  // Outer spans first: what an accepted list holds is not looked at again.
  const spans = closed.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const elements: unknown[] = []
  const faults: GeminiFault[] = []
  let emptyList = false
  let salvaged = 0
  let takenUpTo = 0
  for (const span of spans) {
    if (span.start < takenUpTo || span.depth > deepest) continue
    const parsed = parseJson(text.slice(span.start, span.end))
    if (parsed === null) continue
    const found = listIn(parsed.value)
    if (found === null) continue
    takenUpTo = span.end
    if (found.list.length === 0) {
      // An empty list inside something unfinished is a piece of an object, not an answer.
      emptyList ||= span.depth === 0
      continue
    }
    elements.push(...found.list)
    const isLooseObject = isElement(parsed.value)
    if (isLooseObject) salvaged += 1
    else faults.push(...wrappedFault(found.wrapped))
  }
  if (cutAt !== null) {
    if (elements.length === 0) return null
    faults.push(fault('cut', `the reply ends in "${excerpt(text.slice(-60), 60)}"`))
  } else if (salvaged > 0) {
    faults.push(fault('malformed', `the list does not parse; ${salvaged} complete objects were read`))
  } else if (elements.length === 0 && !emptyList) {
    return null
  }
  faults.unshift(fault(/```/.test(text) ? 'fenced' : 'prose', excerpt(text)))
  return { elements, faults }
}
