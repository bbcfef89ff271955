import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { pMapIterable } from 'p-map'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { Detector, DetectionResult, DetectionSettings, ImageToDetect } from '../../roles/detector.ts'
import type { Answer, Failure, ModelFile } from './messages.ts'
import { ThreadPool } from './thread-pool.ts'

export interface DetectorOptions {
  /** Worker threads, one core each; by default as many as there are cores, at most 4. */
  readonly threads?: number
  /** Module that the threads run, for tests that need a thread to die. */
  readonly threadEntry?: URL
}

/** Images on their way a thread: one computing, one decoding, two read or waiting for the reader of results. */
const imagesAThread = 4

/** A {@link Detector} on ONNX Runtime. Threads start with the first image; `close` ends them. */
export function createDetector(options: DetectorOptions = {}): Detector {
  const size = options.threads ?? Math.max(1, Math.min(availableParallelism(), 4))
  const entry = options.threadEntry ?? new URL('./detect-thread.ts', import.meta.url)
  const pool = new ThreadPool({ entry, size })

  const detectOne = async (
    model: ModelFile,
    { id, source }: ImageToDetect,
    settings: DetectionSettings,
  ): Promise<DetectionResult> => {
    const answer = await pool.run({ kind: 'detect', model, source, settings })
    if (answer.kind === 'detected') return { id, ok: true, size: answer.size, boxes: answer.boxes }
    if (answer.kind !== 'unreadable') throw unexpected(answer)
    return { id, ok: false, error: { code: answer.code, message: answer.message } }
  }

  return {
    describe: async (modelPath) => {
      const answer = await pool.run({ kind: 'describe', model: await locate(modelPath) })
      if (answer.kind !== 'described') throw unexpected(answer)
      return answer.description
    },
    async *detect(modelPath, images, settings) {
      const model = await locate(modelPath)
      yield* pMapIterable(images, (image) => detectOne(model, image, settings), {
        concurrency: size * imagesAThread,
      })
    },
    close: () => pool.close(),
  }
}

async function locate(modelPath: string): Promise<ModelFile> {
  const path = resolve(modelPath)
  try {
    const { size, mtimeMs } = await stat(path)
    return { path, version: `${size}-${mtimeMs}` }
  } catch (error) {
    throw new AdapterError('NotFound', `There is no model file ${path}.`, { retryable: false, cause: error })
  }
}

const unexpected = (answer: Answer): AdapterError =>
  answer.kind === 'failed'
    ? revive(answer.failure)
    : new AdapterError('Internal', `An inference thread answered "${answer.kind}" to another question.`, {
        retryable: true,
      })

const revive = ({ code, message, retryable, hint }: Failure): AdapterError =>
  new AdapterError(code, message, { retryable, ...(hint === null ? {} : { hint }) })
