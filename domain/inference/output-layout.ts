import { boxRows } from './raw-head.ts'
import { endToEndColumns } from './end-to-end-head.ts'

/** A dimension that is not fixed in the file has a name instead of a number. */
export type Shape = readonly (number | string)[]

interface Port {
  readonly name: string
  readonly type: string
  readonly shape: Shape
}

/** What ONNX Runtime says of an opened model. */
export interface ModelPorts {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
}

export type ModelTask = 'detect' | 'segment'
export type HeadKind = 'raw' | 'end-to-end'

export const isModelTask = (task: string): task is ModelTask => task === 'detect' || task === 'segment'

/** The task of a model that does not say it: masks need prototypes, which have four dimensions. */
export const guessTask = ({ outputs }: ModelPorts): ModelTask =>
  outputs.length === 2 && outputs[1]?.shape.length === 4 ? 'segment' : 'detect'

interface Declared {
  readonly task: ModelTask
  readonly classes: number
  /** The metadata say that its rows are final. */
  readonly final: boolean
}

/**
 * Which head the first output is; null when it is none that is known. With two classes a raw head [1, 6, anchors] and
 * final rows [1, boxes, 6] look alike: the place of the six tells them apart, and the metadata where both are six.
 */
export function readHead({ outputs }: ModelPorts, { task, classes, final }: Declared): HeadKind | null {
  const [head, prototypes] = outputs
  if (head?.shape.length !== 3 || head.type !== 'float32') return null
  const coefficients = task === 'segment' ? prototypeCount(prototypes) : 0
  if (coefficients === null) return null
  const [, rows, columns] = head.shape
  const isRaw = rows === boxRows + classes + coefficients
  if (columns === endToEndColumns + coefficients && (final || !isRaw)) return 'end-to-end'
  return isRaw && !final ? 'raw' : null
}

function prototypeCount(port: Port | undefined): number | null {
  const count = port?.type === 'float32' && port.shape.length === 4 ? port.shape[1] : null
  return typeof count === 'number' ? count : null
}

/** What {@link readHead} knows, in words. */
export const expectedOutputs = (task: ModelTask, classes: number): string =>
  task === 'detect'
    ? `an output float32 [1, ${boxRows + classes}, anchors] or [1, boxes, ${endToEndColumns}]`
    : `mask prototypes float32 [1, n, height, width] as second output after [1, ${boxRows + classes} + n, anchors] or [1, boxes, ${endToEndColumns} + n]`
