import { WorkerEnvironment } from '../domain/schemas/worker-environment.ts'
import { queueNames, type QueueName } from '../domain/contracts/queues.ts'

export interface WorkerConfig extends WorkerEnvironment {
  readonly queues: readonly QueueName[]
}

/** Environment and `--queues core,gemini,…` (all when left out). Throws one error that names every problem. */
export function readWorkerConfig(
  environment: Readonly<Record<string, string | undefined>>,
  arguments_: readonly string[],
): WorkerConfig {
  const parsed = WorkerEnvironment.safeParse(environment)
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
    throw new Error(`The worker's environment is not complete (docs/cli.md, worker):\n${problems.join('\n')}`)
  }
  return { ...parsed.data, queues: readQueues(arguments_) }
}

function readQueues(arguments_: readonly string[]): readonly QueueName[] {
  const at = arguments_.indexOf('--queues')
  if (at < 0) return queueNames
  const wanted = (arguments_[at + 1] ?? '').split(',').filter((name) => name !== '')
  const known = queueNames.filter((name) => wanted.includes(name))
  if (known.length === 0 || known.length !== wanted.length) {
    throw new Error(`--queues expects some of ${queueNames.join(', ')}; got "${wanted.join(',')}".`)
  }
  return known
}
