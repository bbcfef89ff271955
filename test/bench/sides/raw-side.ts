import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { answerRequests } from './answer-requests.ts'
import type { BoxesByName } from './side-process.ts'

/** Streams side by side, each one thread: as many as the machine that the target was set on has cores. */
const streams = 2

/**
 * The floor of `npm run bench:infer`: ONNX Runtime alone, the same number of runs as there are pictures, on one constant
 * input. Nothing is read, decoded or found.
 */
await answerRequests(async ({ model, folder, imageSize }) => {
  const entry = fileURLToPath(new URL('raw-stream.ts', import.meta.url))
  const workers = Array.from(
    { length: streams },
    () => new Worker(entry, { workerData: { model, imageSize } }),
  )
  const versions = await Promise.all(workers.map(nextMessage))
  return {
    versions: String(versions[0]),
    look: async () => {
      const names = await readdir(folder)
      const shares = workers.map((_, index) => Math.floor((names.length + index) / workers.length))
      const done = workers.map(nextMessage)
      workers.forEach((worker, index) => worker.postMessage(shares[index], []))
      await Promise.all(done)
      const nothing: BoxesByName = Object.fromEntries(names.map((name) => [name, []]))
      return nothing
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
})

function nextMessage(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}
