import type { ImageSize } from '../box.ts'
import {
  expectedOutputs,
  guessTask,
  isModelTask,
  readHead,
  type HeadKind,
  type ModelPorts,
  type ModelTask,
  type Shape,
} from './output-layout.ts'
import { parsePythonLiteral, type PythonLiteral } from './python-literal.ts'

export interface ModelLayout {
  readonly classes: readonly string[]
  /** Of the input; the largest where the input's size is open. */
  readonly imageSize: ImageSize
  /** Sides of an open input are multiples of it, and no longer than the image needs; null: always `imageSize`. */
  readonly openStride: number | null
  /** Images a run that the file insists on: more than one in an export with `batch=N`. */
  readonly batch: number
  readonly task: ModelTask
  /** `raw` needs our NMS, `end-to-end` rows are final. */
  readonly head: HeadKind
}

export type ModelReading =
  | ({ readonly ok: true } & ModelLayout)
  | { readonly ok: false; readonly expected: string; readonly found: string }

const unsupported = (expected: string, found: string): ModelReading => ({ ok: false, expected, found })

/** What Ultralytics assumes when the file does not say. */
const assumed = { side: 640, stride: 32 } as const

/**
 * Decides from a model's metadata (as Ultralytics writes it) and its ports how its output is to be read, or says what
 * stands in the way.
 */
export function describeModel(properties: Readonly<Record<string, string>>, ports: ModelPorts): ModelReading {
  const [input, ...otherInputs] = ports.inputs
  const [output] = ports.outputs
  if (input === undefined || output === undefined || otherInputs.length > 0) {
    return unsupported(
      'one input and at least one output',
      `${ports.inputs.length} inputs, ${ports.outputs.length} outputs`,
    )
  }
  const declaredTask = properties['task']
  if (declaredTask !== undefined && !isModelTask(declaredTask)) {
    return unsupported('a detector (task "detect" or "segment")', `task "${declaredTask}"`)
  }
  const [batch, channels, height, width] = input.shape
  if (input.type !== 'float32' || input.shape.length !== 4 || channels !== 3 || batch === 0) {
    return unsupported('an input float32 [1, 3, height, width]', `${input.type} ${shapeText(input.shape)}`)
  }
  const classes = readClasses(properties['names'])
  if (classes === null) {
    return unsupported(
      'class names in the metadata, numbered from 0',
      `names = ${properties['names'] ?? 'nothing'}`,
    )
  }
  const task = declaredTask ?? guessTask(ports)
  const head = readHead(ports, {
    task,
    classes: classes.length,
    final: properties['end2end'] === 'True' || suppressesItself(properties['args']),
  })
  if (head === null) {
    return unsupported(
      `${expectedOutputs(task, classes.length)} for ${classes.length} classes`,
      ports.outputs.map(({ type, shape }) => `${type} ${shapeText(shape)}`).join(' and '),
    )
  }
  return {
    ok: true,
    classes,
    ...readInputSize([height, width], output.shape[0], properties),
    batch: typeof batch === 'number' ? batch : 1,
    task,
    head,
  }
}

const shapeText = (shape: Shape): string => `[${shape.join(', ')}]`

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

/**
 * A fixed size is the size. An open one is rounded up to the stride; the image decides within it when all of the model is
 * open, as the trainer's `dynamic=True` makes it.
 */
function readInputSize(
  sides: readonly (number | string | undefined)[],
  outputBatch: number | string | undefined,
  properties: Readonly<Record<string, string>>,
): Pick<ModelLayout, 'imageSize' | 'openStride'> {
  const stride = Number.parseInt(properties['stride'] ?? '', 10) || assumed.stride
  const declared = literalOrNull(properties['imgsz'])
  const [height = 0, width = 0] = sides.map((side, index) => {
    if (typeof side === 'number') return side
    const wanted = Array.isArray(declared) ? declared[index] : declared
    return Math.ceil((typeof wanted === 'number' ? wanted : assumed.side) / stride) * stride
  })
  const open = typeof outputBatch === 'string' && sides.every((side) => typeof side === 'string')
  return { imageSize: { width, height }, openStride: open ? stride : null }
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
