import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { programFile } from './stack-plan.ts'

/**
 * Serves task queues in a process of its own, with this process's environment, until it ends or `signal` aborts. What it logs
 * goes to standard error. Resolves to its exit code; null: a signal ended it.
 */
export async function runWorker({
  queues,
  signal,
}: {
  readonly queues: readonly string[]
  readonly signal: AbortSignal
}): Promise<number | null> {
  const worker = spawn(process.execPath, [programFile('worker/main.ts'), '--queues', queues.join(',')], {
    stdio: ['ignore', process.stderr, process.stderr],
  })
  // It finishes what is under way; a terminal has told it already.
  const stop = (): void => void worker.kill('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  await once(worker, 'exit')
  signal.removeEventListener('abort', stop)
  return worker.exitCode
}
