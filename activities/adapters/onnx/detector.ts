import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { pMapIterable } from 'p-map'
import type { InferenceProvider, PoolShape } from '../../../domain/contracts/inference.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import type { Detector, DetectionResult, DetectionSettings, ImageToDetect } from '../../roles/detector.ts'
import { countPixels } from '../sharp/count-pixels.ts'
import type { Answer, Failure, ModelFile } from './messages.ts'
import { PixelGate } from './pixel-gate.ts'
import { usualShape, possibleShapes } from './pool-shapes.ts'
import { ThreadPool } from './thread-pool.ts'
import { tuneShape } from './tune-shape.ts'

export interface DetectorOptions {
  /** Worker threads of one thread each: short for a shape. */
  readonly threads?: number
  /** How the cores are shared out; left out: as `tune` measures it, until then a worker a core. */
  readonly shape?: PoolShape | undefined
  /** What computes; where it cannot, the CPU does, with a warning. */
  readonly provider?: InferenceProvider
  /** Folder in which `tune` keeps what it measured; without it, it measures nothing. */
  readonly tuningFolder?: string
  /** Hears once what there is to say of the machine. */
  readonly tell?: (kind: 'note' | 'warning', text: string) => void
  /** Module that the threads run, for tests that need a thread to die. */
  readonly threadEntry?: URL
}

/** Images on their way a worker: one computing, two decoding, one being read or waiting for the reader of results. */
const imagesAWorker = 4
/** Decoded at once, at three bytes each: under 200 MB, unless one picture alone has more. */
const mostPixels = 64_000_000

/** A {@link Detector} on ONNX Runtime. Threads start with the first image; `close` ends them. */
export function createDetector(options: DetectorOptions = {}): Detector {
  const { threads, provider = 'cpu', tuningFolder, tell = () => {} } = options
  const fixed = options.shape ?? (threads === undefined ? null : { workers: threads, threads: 1 })
  const cores = availableParallelism()
  const shapes = fixed === null ? possibleShapes(cores) : [fixed]
  const pool = new ThreadPool({
    entry: options.threadEntry ?? new URL('./detect-thread.ts', import.meta.url),
    size: Math.max(...shapes.map(({ workers }) => workers)),
  })
  const gate = new PixelGate(mostPixels)
  const tuned = new Map<string, Promise<PoolShape>>()
  const told = new Set<string>()

  const shapeFor = async (file: LocatedFile): Promise<PoolShape> =>
    fixed ?? (await tuned.get(versionOf(file))) ?? usualShape(cores)

  const open = async (file: LocatedFile, shape: PoolShape) => {
    const wanted: ModelFile = { ...file, computing: { provider, threads: shape.threads } }
    const answer = await pool.run({ kind: 'describe', model: wanted }, shape.workers)
    if (answer.kind !== 'described') throw unexpected(answer)
    const { description, runtime, fellBack } = answer
    if (fellBack === null) return { model: wanted, description, runtime }
    if (!told.has(fellBack)) tell('warning', `The CPU computes instead of ${provider}: ${fellBack}.`)
    told.add(fellBack)
    const model: ModelFile = { ...file, computing: { ...wanted.computing, provider: 'cpu' } }
    return { model, description, runtime }
  }

  const detectOne = async (
    model: ModelFile,
    workers: number,
    { id, source }: ImageToDetect,
    settings: DetectionSettings,
  ): Promise<DetectionResult> => {
    const encoded = await read(source)
    if (encoded instanceof AdapterError) return refusal(id, encoded)
    const answer = await gate.hold(await countPixels(encoded), () =>
      pool.run({ kind: 'detect', model, source: encoded, settings }, workers),
    )
    if (answer.kind === 'detected') return { id, ok: true, size: answer.size, boxes: answer.boxes }
    if (answer.kind !== 'unreadable') throw unexpected(answer)
    return refusal(id, answer)
  }

  return {
    describe: async (modelPath) => {
      const file = await locate(modelPath)
      return (await open(file, await shapeFor(file))).description
    },
    async tune(modelPath) {
      const file = await locate(modelPath)
      if (fixed !== null || tuningFolder === undefined || shapes.length < 2) return shapeFor(file)
      const version = versionOf(file)
      const known = tuned.get(version)
      if (known !== undefined) return known
      const tuning = open(file, usualShape(cores)).then((opened) =>
        tuneShape(pool, shapes, { ...opened, cores, folder: tuningFolder, tell }),
      )
      tuned.set(version, tuning)
      tuning.catch(() => tuned.delete(version))
      return tuning
    },
    async *detect(modelPath, images, settings) {
      const file = await locate(modelPath)
      const shape = await shapeFor(file)
      const { model } = await open(file, shape)
      yield* pMapIterable(images, (image) => detectOne(model, shape.workers, image, settings), {
        concurrency: shape.workers * imagesAWorker,
      })
    },
    close: () => pool.close(),
  }
}

type LocatedFile = Omit<ModelFile, 'computing'>

const versionOf = ({ path, version }: LocatedFile): string => `${path} ${version}`

async function locate(modelPath: string): Promise<LocatedFile> {
  const path = resolve(modelPath)
  try {
    const { size, mtimeMs } = await stat(path)
    return { path, version: `${size}-${mtimeMs}`, bytes: size }
  } catch (error) {
    throw new AdapterError('NotFound', `There is no model file ${path}.`, { retryable: false, cause: error })
  }
}

/** Here and not in the worker thread, which cannot take a step of reading while it computes. */
async function read(source: Uint8Array | string): Promise<Uint8Array | AdapterError> {
  if (typeof source !== 'string') return source
  try {
    return await readFile(source)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return new AdapterError('ImageUnreadable', `The picture cannot be read: ${reason}`, { retryable: false })
  }
}

const refusal = (id: string, { code, message }: { code: string; message: string }): DetectionResult => ({
  id,
  ok: false,
  error: { code, message },
})

const unexpected = (answer: Answer): AdapterError =>
  answer.kind === 'failed'
    ? revive(answer.failure)
    : new AdapterError('Internal', `An inference thread answered "${answer.kind}" to another question.`, {
        retryable: true,
      })

const revive = ({ code, message, retryable, hint }: Failure): AdapterError =>
  new AdapterError(code, message, { retryable, ...(hint === null ? {} : { hint }) })
