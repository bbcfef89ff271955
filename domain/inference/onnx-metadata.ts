/**
 * Reads the `metadata_props` of an ONNX file: class names and image size live there and ONNX Runtime for Node does not
 * give them. Field numbers: onnx.proto, messages ModelProto and StringStringEntryProto.
 */

const modelField = { irVersion: 1, graph: 7, metadata: 14 } as const
const entryField = { key: 1, value: 2 } as const
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

export type OnnxMetadata =
  | { readonly ok: true; readonly properties: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: 'not-onnx' | 'cut' }

interface Field {
  readonly number: number
  /** Content of a field of bytes; empty for numbers. */
  readonly body: Uint8Array
}

class Cut extends Error {}
class Malformed extends Error {}

/** The file's properties; `cut` when it ends inside a field, `not-onnx` when it is something else. */
export function readOnnxMetadata(file: Uint8Array): OnnxMetadata {
  const properties: [string, string][] = []
  const seen = new Set<number>()
  try {
    for (const { number, body } of fields(file)) {
      seen.add(number)
      if (number === modelField.metadata) properties.push(readEntry(body))
    }
  } catch (error) {
    if (error instanceof Malformed) return { ok: false, problem: 'not-onnx' }
    if (!(error instanceof Cut)) throw error
    return { ok: false, problem: seen.has(modelField.irVersion) ? 'cut' : 'not-onnx' }
  }
  if (!seen.has(modelField.irVersion) || !seen.has(modelField.graph)) {
    return { ok: false, problem: seen.has(modelField.irVersion) ? 'cut' : 'not-onnx' }
  }
  return { ok: true, properties: Object.fromEntries(properties) }
}

function readEntry(entry: Uint8Array): [string, string] {
  let key = ''
  let value = ''
  for (const { number, body } of fields(entry)) {
    if (number === entryField.key) key = decodeUtf8(body)
    if (number === entryField.value) value = decodeUtf8(body)
  }
  return [key, value]
}

/** By hand: this folder knows no TextDecoder. */
function decodeUtf8(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  try {
    return decodeURIComponent(escaped)
  } catch {
    throw new Malformed()
  }
}

function* fields(message: Uint8Array): Generator<Field> {
  const empty = message.subarray(0, 0)
  let position = 0
  const varint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[position]
      if (byte === undefined) throw new Cut()
      if (factor > 2 ** 63) throw new Malformed()
      position += 1
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  const skip = (length: number): Uint8Array => {
    if (position + length > message.length) throw new Cut()
    position += length
    return message.subarray(position - length, position)
  }
  while (position < message.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    const wireType = tag % 8
    if (number === 0) throw new Malformed()
    if (wireType === wire.varint) {
      varint()
      yield { number, body: empty }
    } else if (wireType === wire.bytes) yield { number, body: skip(varint()) }
    else if (wireType === wire.fixed64) yield { number, body: skip(8) }
    else if (wireType === wire.fixed32) yield { number, body: skip(4) }
    else throw new Malformed()
  }
}
