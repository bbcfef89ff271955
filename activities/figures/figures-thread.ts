import { parentPort, workerData } from 'node:worker_threads'
import { compute } from './compute.ts'
import type { FiguresTask } from './off-loop.ts'

/** Entry of a worker thread: computes one set of figures, answers and ends. An error ends it too, and is the answer. */

if (parentPort === null) throw new Error('figures-thread.ts is started by off-loop.ts, as a worker thread')
const port = parentPort
const task: FiguresTask = workerData
port.postMessage(answer(task))

function answer(asked: FiguresTask): unknown {
  switch (asked.kind) {
    case 'scores':
      return compute.scores(asked.input)
    case 'edits':
      return compute.edits(asked.input)
    case 'judgement':
      return compute.judgement(asked.input)
  }
}
