import { parentPort } from 'node:worker_threads'
import { env } from 'onnxruntime-node'
import { fillLetterboxTensor } from '../../../domain/inference/letterbox-tensor.ts'
import { letterbox, letterboxMinimal } from '../../../domain/inference/letterbox.ts'
import { readDetections } from '../../../domain/inference/read-detections.ts'
import { AdapterError } from '../../errors/adapter-error.ts'
import { decodeImage, freeImage, type RgbImage } from '../sharp/decode-image.ts'
import type { Answer, FromThread, Task, ToThread } from './messages.ts'
import { createModelCache } from './model-cache.ts'
import { unsupported } from './open-model.ts'

/**
 * Entry of a worker thread: opens models and runs them, one task after the other. An unexpected error is left to end
 * the thread: the pool sees it and starts another.
 */

if (parentPort === null) throw new Error('detect-thread.ts is started by the detector, as a worker thread')
const port = parentPort
const models = createModelCache()
let turn: Promise<void> = Promise.resolve()

port.on('message', (message: ToThread) => {
  if (message.kind === 'close') {
    turn = turn.then(close)
    return
  }
  const { id, task } = message
  // Decoding runs on libuv's threads and starts now, while the task before still computes on this one.
  const image = task.kind === 'detect' ? decode(task.source) : null
  turn = turn.then(async () => {
    const reply: FromThread = { id, answer: await answer(task, image) }
    port.postMessage(reply)
  })
})

async function close(): Promise<void> {
  await models.close()
  port.close()
}

async function answer(task: Task, image: Promise<RgbImage | AdapterError> | null): Promise<Answer> {
  try {
    if (task.kind === 'describe' || image === null) {
      const { description, fellBack } = await models.open(task.model)
      return { kind: 'described', description, fellBack, runtime: env.versions.node ?? env.versions.common }
    }
    return await detect(task, await image)
  } catch (error) {
    if (!(error instanceof AdapterError)) throw error
    const { code, message, retryable, hint } = error
    return { kind: 'failed', failure: { code, message, retryable, hint } }
  }
}

async function detect(
  { model: file, settings }: Extract<Task, { kind: 'detect' }>,
  image: RgbImage | AdapterError,
): Promise<Answer> {
  // The model first: a model that cannot be used is a failure even when the picture is broken too.
  const model = await models.open(file)
  if (image instanceof AdapterError) return { kind: 'unreadable', code: image.code, message: image.message }
  const { imageSize, openStride } = model.layout
  const filled =
    openStride === null
      ? letterbox(image.size, imageSize)
      : letterboxMinimal(image.size, imageSize, openStride)
  fillLetterboxTensor(image.rgb, filled, model.input)
  freeImage(image)
  const output = await model.run(filled.target)
  try {
    return {
      kind: 'detected',
      size: image.size,
      boxes: readDetections(output, model.layout, letterbox(image.size, filled.target), settings),
    }
  } catch (error) {
    if (error instanceof RangeError) throw unsupported(file.path, error.message.replace(/\.$/, ''), error)
    throw error
  }
}

/** Never rejects for a picture's sake: the result is looked at only when its turn comes. */
async function decode(source: Uint8Array): Promise<RgbImage | AdapterError> {
  try {
    return await decodeImage(source)
  } catch (error) {
    if (error instanceof AdapterError) return error
    const reason = error instanceof Error ? error.message : String(error)
    return new AdapterError('ImageUnreadable', `The picture cannot be read: ${reason}`, { retryable: false })
  }
}
