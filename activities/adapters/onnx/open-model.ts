import { readFile } from 'node:fs/promises'
import { Tensor, type InferenceSession } from 'onnxruntime-node'
import type { ImageSize } from '../../../domain/box.ts'
import { describeModel, type ModelLayout } from '../../../domain/inference/model-description.ts'
import { readOnnxMetadata } from '../../../domain/inference/onnx-metadata.ts'
import type { ModelOutput } from '../../../domain/inference/model-output.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { ModelDescription } from '../../roles/detector.ts'
import { createSession, type Computing, type CreatedSession } from './create-session.ts'
import { readModelOutput } from './read-model-output.ts'
import { readComplaint } from './runtime-complaint.ts'

/** A model ready to run in this thread. Running blocks the thread: ONNX Runtime for Node computes synchronously. */
export interface OpenModel {
  readonly description: ModelDescription
  /** Why the CPU computes it and not the wanted provider; null: all as wanted. */
  readonly fellBack: string | null
  /** How its input is filled and its output read. */
  readonly layout: ModelLayout
  /** 3 x height x width, RGB, 0 to 1, from the start on: filled by the caller, used by the next `run`. */
  readonly input: Float32Array
  /** @param size of the filled input, where the model leaves it open; else and by default the layout's */
  run(size?: ImageSize): Promise<ModelOutput>
  close(): Promise<void>
}

const oneThread: Computing = { provider: 'cpu', threads: 1 }

/** @throws AdapterError NotFound, ModelUnreadable, ModelUnsupported */
export async function openModel(path: string, computing: Computing = oneThread): Promise<OpenModel> {
  const file = await readFile(path)
  const metadata = readOnnxMetadata(file)
  if (!metadata.ok) {
    throw unreadable(
      path,
      metadata.problem === 'cut' ? `it is cut off after ${file.length} bytes` : 'it is no ONNX file',
    )
  }
  const { session, fellBack } = await startSession(path, file, computing)
  const ports = {
    inputs: session.inputMetadata.filter(isTensor),
    outputs: session.outputMetadata.filter(isTensor),
  }
  const reading = describeModel(metadata.properties, ports)
  const inputName = ports.inputs[0]?.name
  if (!reading.ok || inputName === undefined) {
    await session.release()
    throw unsupported(
      path,
      reading.ok ? 'it has no tensors' : `expected ${reading.expected}, found ${reading.found}`,
    )
  }
  const { ok: _, ...layout } = reading
  const { classes, imageSize, task, head, batch } = layout
  const outputNames = ports.outputs.slice(0, task === 'segment' ? 2 : 1).map(({ name }) => name)
  // A file that insists on several images a run gets one; the others stay black, as the reference leaves them.
  const input = new Float32Array(batch * 3 * imageSize.width * imageSize.height)
  return {
    description: { classes, imageSize, task, head },
    fellBack,
    layout,
    input,
    run: async ({ width, height } = imageSize) => {
      const filled = input.subarray(0, batch * 3 * width * height)
      const feeds = { [inputName]: new Tensor('float32', filled, [batch, 3, height, width]) }
      const outputs = await runSession(path, session, feeds, outputNames)
      const [rows, prototypes] = outputNames.map((name) => outputs[name])
      try {
        return readModelOutput(rows, prototypes)
      } catch (error) {
        throw unsupported(path, messageOf(error), error)
      }
    },
    close: () => session.release(),
  }
}

const isTensor = (port: InferenceSession.ValueMetadata): port is InferenceSession.TensorValueMetadata =>
  port.isTensor

async function startSession(path: string, file: Uint8Array, computing: Computing): Promise<CreatedSession> {
  try {
    return await createSession(file, computing)
  } catch (error) {
    const { why, hint } = readComplaint(messageOf(error))
    throw unreadable(path, why, error, hint)
  }
}

async function runSession(
  path: string,
  session: InferenceSession,
  feeds: InferenceSession.FeedsType,
  outputs: readonly string[],
): Promise<InferenceSession.ReturnType> {
  try {
    return await session.run(feeds, outputs)
  } catch (error) {
    throw unsupported(path, `it fails when it is run: ${messageOf(error)}`, error)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const unreadable = (path: string, why: string, cause?: unknown, hint: string | null = null): AdapterError =>
  new AdapterError('ModelUnreadable', `The model ${path} cannot be opened: ${why}.`, {
    retryable: false,
    hint: hint ?? 'Export it again as ONNX and copy it whole.',
    cause,
  })

/** The file is an ONNX model, but not one whose output is understood here. */
export const unsupported = (path: string, why: string, cause?: unknown): AdapterError =>
  new AdapterError('ModelUnsupported', `The model ${path} cannot be used: ${why}.`, {
    retryable: false,
    hint: 'Export a detector with `yolo export format=onnx`, batch 1, float32.',
    cause,
  })
