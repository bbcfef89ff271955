import { parentPort, workerData } from 'node:worker_threads'
import { env, InferenceSession, Tensor } from 'onnxruntime-node'

/** A thread of `raw-side.ts`: so many runs of a model, one after the other, for each number it is sent. */
const { model, imageSize } = workerData as { model: string; imageSize: number }
const session = await InferenceSession.create(model, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
})
const input = new Tensor('float32', new Float32Array(3 * imageSize * imageSize).fill(0.5), [
  1,
  3,
  imageSize,
  imageSize,
])
const feeds = { [session.inputNames[0] ?? '']: input }
await session.run(feeds)
parentPort?.on('message', (runs: number) => void repeat(runs))
parentPort?.postMessage(`onnxruntime-node ${env.versions.node ?? env.versions.common}`, [])

async function repeat(runs: number): Promise<void> {
  for (let run = 0; run < runs; run += 1) await session.run(feeds)
  parentPort?.postMessage('done', [])
}
