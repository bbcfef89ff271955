import type { Tensor } from 'onnxruntime-node'
import type { ModelOutput } from '../../../domain/inference/model-output.ts'

/**
 * A run's tensors as what is said of its first image.
 * @throws RangeError when they are not float32 of the dimensions that the file declares
 */
export function readModelOutput(head: Tensor | undefined, prototypes: Tensor | undefined): ModelOutput {
  const [rows, columns, ...noHeadSide] = head?.dims.slice(1) ?? []
  if (
    !(head?.data instanceof Float32Array) ||
    columns === undefined ||
    rows === undefined ||
    noHeadSide.length > 0
  ) {
    throw new RangeError(`expected boxes float32 in three dimensions, found ${told(head)}`)
  }
  const values = head.data.subarray(0, rows * columns)
  if (prototypes === undefined) return { head: { values, rows, columns }, prototypes: null }
  const [count, height, width, ...noSide] = prototypes.dims.slice(1)
  const { data } = prototypes
  if (
    !(data instanceof Float32Array) ||
    count === undefined ||
    height === undefined ||
    width === undefined ||
    noSide.length > 0
  ) {
    throw new RangeError(`expected mask prototypes float32 in four dimensions, found ${told(prototypes)}`)
  }
  return {
    head: { values, rows, columns },
    prototypes: { values: data.subarray(0, count * height * width), count, width, height },
  }
}

const told = (tensor: Tensor | undefined): string =>
  tensor === undefined ? 'nothing' : `${tensor.type} [${tensor.dims.join(', ')}]`
