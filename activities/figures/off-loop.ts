import { Worker } from 'node:worker_threads'
import { AdapterError } from '../errors/adapter-error.ts'
import type { FiguresKind, FiguresKinds } from './compute.ts'

export type FiguresTask = {
  [Kind in FiguresKind]: { readonly kind: Kind; readonly input: FiguresKinds[Kind]['input'] }
}[FiguresKind]

/**
 * Computes figures in a thread of its own: a bootstrap over hundreds of images takes seconds, in which the worker's loop
 * would neither send heartbeats nor answer polls. A started thread costs about 0.1 s.
 * @throws AdapterError Internal when the thread fails
 */
export function offLoop<Kind extends FiguresKind>(
  kind: Kind,
  input: FiguresKinds[Kind]['input'],
): Promise<FiguresKinds[Kind]['output']> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./figures-thread.ts', import.meta.url), {
      workerData: { kind, input },
    })
    worker.once('message', (output: FiguresKinds[Kind]['output']) => resolve(output))
    worker.once('error', (error) => reject(failed(error)))
    // After a message or an error this changes nothing.
    worker.once('exit', (code) => reject(failed(new Error(`it ended with code ${code} and no answer`))))
  })
}

const failed = (cause: unknown): AdapterError =>
  new AdapterError(
    'Internal',
    `The figures could not be computed: ${cause instanceof Error ? cause.message : 'the thread failed'}.`,
    { retryable: true, cause, hint: 'Memory may be short: see the log.' },
  )
