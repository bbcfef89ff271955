import { readFile } from 'node:fs/promises'
import { Tensor, type InferenceSession } from 'onnxruntime-node'
import { describeModel } from '../../../domain/inference/model-description.ts'
import { readOnnxMetadata } from '../../../domain/inference/onnx-metadata.ts'
import type { HeadOutput } from '../../../domain/inference/raw-head.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { ModelDescription } from '../../roles/detector.ts'
import { createSession, type Computing, type CreatedSession } from './create-session.ts'
import { readComplaint } from './runtime-complaint.ts'

/** A model ready to run in this thread. Running blocks the thread: ONNX Runtime for Node computes synchronously. */
export interface OpenModel {
  readonly description: ModelDescription
  /** Why the CPU computes it and not the wanted provider; null: all as wanted. */
  readonly fellBack: string | null
  /** 3 x height x width, RGB, 0 to 1: filled by the caller, used by the next `run`. */
  readonly input: Float32Array
  run(): Promise<HeadOutput>
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
  const [inputName, outputName] = [ports.inputs[0]?.name, ports.outputs[0]?.name]
  if (!reading.ok || inputName === undefined || outputName === undefined) {
    await session.release()
    throw unsupported(
      path,
      reading.ok ? 'it has no tensors' : `expected ${reading.expected}, found ${reading.found}`,
    )
  }
  const { classes, imageSize, task, head } = reading
  const { width, height } = imageSize
  const input = new Float32Array(3 * width * height)
  return {
    description: { classes, imageSize, task, head },
    fellBack,
    input,
    run: async () => {
      const feeds = { [inputName]: new Tensor('float32', input, [1, 3, height, width]) }
      const output = (await runSession(path, session, feeds, outputName))[outputName]
      const [, rows, columns] = output?.dims ?? []
      if (!(output?.data instanceof Float32Array) || rows === undefined || columns === undefined) {
        throw unsupported(path, `expected float32 in three dimensions from "${outputName}"`)
      }
      return { values: output.data, rows, columns }
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
  output: string,
): Promise<InferenceSession.ReturnType> {
  try {
    return await session.run(feeds, [output])
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
