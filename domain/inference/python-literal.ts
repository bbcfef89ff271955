/** A value as Python's `repr` writes it: what Ultralytics puts into a model's metadata. Dictionary keys become text. */
export type PythonLiteral =
  | null
  | boolean
  | number
  | string
  | readonly PythonLiteral[]
  | { readonly [key: string]: PythonLiteral }

const words: Readonly<Record<string, PythonLiteral>> = {
  None: null,
  True: true,
  False: false,
  null: null,
  true: true,
  false: false,
}
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

class Reader {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The pattern's match at this position, after blanks; undefined and no step when it does not match. */
  take(pattern: RegExp): string | undefined {
    const blanks = /\s*/y
    blanks.lastIndex = this.#position
    blanks.exec(this.#text)
    const sticky = new RegExp(pattern, 'yu')
    sticky.lastIndex = blanks.lastIndex
    const match = sticky.exec(this.#text)
    if (match === null) return undefined
    this.#position = sticky.lastIndex
    return match[0]
  }

  fail(expected: string): never {
    throw new SyntaxError(
      `Expected ${expected} at character ${this.#position} of: ${this.#text.slice(0, 200)}`,
    )
  }
}

/**
 * Reads a Python literal (dict, list, tuple, text, number, True, False, None); JSON is read too.
 * @throws SyntaxError naming the place when it is none
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  const reader = new Reader(text)
  const value = readValue(reader)
  if (reader.take(/./su) !== undefined) reader.fail('the end')
  return value
}

function readValue(reader: Reader): PythonLiteral {
  if (reader.take(/\{/u) !== undefined) return readDictionary(reader)
  if (reader.take(/\[/u) !== undefined) return readList(reader, /\]/u)
  if (reader.take(/\(/u) !== undefined) return readList(reader, /\)/u)
  const quoted = reader.take(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/su)
  if (quoted !== undefined) return unescape(quoted.slice(1, -1))
  const number = reader.take(/[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/u)
  if (number !== undefined) return Number(number)
  const word = reader.take(/[A-Za-z]+/u)
  const value = word === undefined ? undefined : words[word]
  return value === undefined ? reader.fail('a value') : value
}

function readDictionary(reader: Reader): PythonLiteral {
  const entries: [string, PythonLiteral][] = []
  while (reader.take(/\}/u) === undefined) {
    const key = readValue(reader)
    if (typeof key === 'object' && key !== null) reader.fail('a key of text or number')
    if (reader.take(/:/u) === undefined) reader.fail('a colon')
    entries.push([String(key), readValue(reader)])
    if (reader.take(/,/u) === undefined && reader.take(/(?=\})/u) === undefined) reader.fail('a comma or }')
  }
  return Object.fromEntries(entries)
}

function readList(reader: Reader, closing: RegExp): PythonLiteral {
  const values: PythonLiteral[] = []
  while (reader.take(closing) === undefined) {
    values.push(readValue(reader))
    if (
      reader.take(/,/u) === undefined &&
      reader.take(new RegExp(`(?=${closing.source})`, 'u')) === undefined
    ) {
      reader.fail('a comma or the end of the list')
    }
  }
  return values
}

const unescape = (body: string): string =>
  body.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gsu,
    (_, two?: string, four?: string, eight?: string, one?: string) => {
      const hex = two ?? four ?? eight
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      return escapes[one ?? ''] ?? one ?? ''
    },
  )
