import type { ImageSize } from '../box.ts'
import { parsePythonLiteral, type PythonLiteral } from './python-literal.ts'

/** A dimension that is not fixed in the file has a name instead of a number. */
export type Shape = readonly (number | string)[]

/** What ONNX Runtime says of an opened model. */
export interface ModelPorts {
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly shape: Shape }[]
  readonly outputs: readonly { readonly name: string; readonly type: string; readonly shape: Shape }[]
}

export type ModelReading =
  | {
      readonly ok: true
      readonly classes: readonly string[]
      readonly imageSize: ImageSize
      readonly task: 'detect'
      readonly head: 'raw' | 'end-to-end'
    }
  | { readonly ok: false; readonly expected: string; readonly found: string }

const unsupported = (expected: string, found: string): ModelReading => ({ ok: false, expected, found })

/**
 * Decides from a model's metadata (as Ultralytics writes it) and its ports how its output is to be read, or says what
 * stands in the way.
 */
export function describeModel(properties: Readonly<Record<string, string>>, ports: ModelPorts): ModelReading {
  const [input, ...otherInputs] = ports.inputs
  const output = ports.outputs[0]
  if (input === undefined || output === undefined || otherInputs.length > 0) {
    return unsupported(
      'one input and at least one output',
      `${ports.inputs.length} inputs, ${ports.outputs.length} outputs`,
    )
  }
  const task = properties['task'] ?? 'detect'
  if (task !== 'detect') return unsupported('a detector (task "detect")', `task "${task}"`)
  const [batch, channels, height, width] = input.shape
  if (input.type !== 'float32' || input.shape.length !== 4 || channels !== 3 || !isOneOrOpen(batch)) {
    return unsupported('an input float32 [1, 3, height, width]', `${input.type} ${shapeText(input.shape)}`)
  }
  const classes = readClasses(properties['names'])
  if (classes === null) {
    return unsupported(
      'class names in the metadata, numbered from 0',
      `names = ${properties['names'] ?? 'nothing'}`,
    )
  }
  const imageSize = readImageSize(height, width, properties['imgsz'])
  if (imageSize === null) {
    return unsupported(
      'a fixed image size',
      `${shapeText(input.shape)}, imgsz = ${properties['imgsz'] ?? 'nothing'}`,
    )
  }
  const head = readHead(output.shape, properties, classes.length)
  if (head === null || output.type !== 'float32' || !isOneOrOpen(output.shape[0])) {
    return unsupported(
      `an output float32 [1, ${classes.length + 4}, anchors] or [1, boxes, 6] for ${classes.length} classes`,
      `${output.type} ${shapeText(output.shape)}`,
    )
  }
  return { ok: true, classes, imageSize, task, head }
}

const isOneOrOpen = (dimension: number | string | undefined): boolean =>
  dimension === 1 || typeof dimension === 'string'

const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`

function readHead(
  shape: Shape,
  properties: Readonly<Record<string, string>>,
  classes: number,
): 'raw' | 'end-to-end' | null {
  if (shape.length !== 3) return null
  const [, rows, columns] = shape
  const declared = properties['end2end'] === 'True' || suppressesItself(properties['args'])
  if (columns === 6 && (declared || rows !== classes + 4)) return 'end-to-end'
  return rows === classes + 4 && !declared ? 'raw' : null
}

/** An export with `nms=True` has the same rows as an end-to-end head. */
function suppressesItself(text: string | undefined): boolean {
  const options = literalOrNull(text)
  return isDictionary(options) && options['nms'] === true
}

function readClasses(text: string | undefined): string[] | null {
  const names = literalOrNull(text)
  const values = Array.isArray(names) ? names : isDictionary(names) ? inOrder(names) : null
  if (values === null || values.length === 0) return null
  const classes = values.filter((name) => typeof name === 'string')
  return classes.length === values.length ? classes : null
}

function inOrder(names: Readonly<Record<string, PythonLiteral>>): (PythonLiteral | undefined)[] {
  return Array.from({ length: Object.keys(names).length }, (_, index) => names[String(index)])
}

function readImageSize(
  height: number | string | undefined,
  width: number | string | undefined,
  text: string | undefined,
): ImageSize | null {
  if (typeof height === 'number' && typeof width === 'number') return { width, height }
  const size = literalOrNull(text)
  if (!Array.isArray(size)) return null
  const [declaredHeight, declaredWidth] = size
  return typeof declaredHeight === 'number' && typeof declaredWidth === 'number'
    ? { width: declaredWidth, height: declaredHeight }
    : null
}

const isDictionary = (value: PythonLiteral): value is { readonly [key: string]: PythonLiteral } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function literalOrNull(text: string | undefined): PythonLiteral {
  if (text === undefined) return null
  try {
    return parsePythonLiteral(text)
  } catch {
    return null
  }
}
