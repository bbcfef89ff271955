/** A balanced `[…]` or `{…}` inside a text: `text.slice(start, end)`. */
export interface JsonSpan {
  readonly start: number
  readonly end: number
  /** Number of brackets that were open around it. */
  readonly depth: number
}

export interface JsonSpans {
  /** Every balanced bracket pair, inner ones before the outer one that holds them. */
  readonly closed: readonly JsonSpan[]
  /** Position of the first bracket that looks like JSON and is never closed; null when there is none. */
  readonly cutAt: number | null
}

const closerOf: Readonly<Record<string, string>> = { '[': ']', '{': '}' }

/** After an opening bracket of JSON comes one of these, or the end; after one in prose ("[see below") hardly ever. */
const startsJson = (text: string, open: number): boolean =>
  /^[[{]\s*(?:[[{"\d\]}-]|$)/.test(text.slice(open, open + 64))

/**
 * Finds the brackets of JSON in any text in one pass. Quotes count only inside brackets, and a string ends with its line,
 * so that an apostrophe or a stray quote in prose cannot hide what follows.
 */
export function findJsonSpans(text: string): JsonSpans {
  const closed: JsonSpan[] = []
  const open: number[] = []
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (inString) {
      if (character === '\\') at += 1
      else if (character === '"' || character === '\n') inString = false
    } else if (character === '"') {
      inString = open.length > 0
    } else if (character === '[' || character === '{') {
      open.push(at)
    } else if (character === ']' || character === '}') {
      const start = closeTop(text, open, character)
      if (start !== null) closed.push({ start, end: at + 1, depth: open.length })
    }
  }
  return { closed, cutAt: open.find((start) => startsJson(text, start)) ?? null }
}

/** Takes the innermost open bracket off the stack when `closer` closes it; a closer of the other kind is passed over. */
function closeTop(text: string, open: number[], closer: string): number | null {
  const top = open.at(-1)
  if (top === undefined || closerOf[text.charAt(top)] !== closer) return null
  open.pop()
  return top
}
