import type { Command } from 'commander'
import { z } from 'zod'
import { queueNames, type QueueName } from '../../domain/contracts/queues.ts'
import { WorkerEnvironment } from '../../domain/schemas/worker-environment.ts'
import { action, type HandlerContext } from '../command.ts'
import type { Finding } from '../doctor/check.ts'
import { renderFindings } from '../doctor/render-findings.ts'
import { UserError } from '../errors.ts'

const options = z.object({
  queues: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(queueNames)).min(1)),
  check: z.boolean().default(false),
})

interface WorkerResult {
  readonly queues: readonly QueueName[]
  readonly ok: boolean
  readonly checks: readonly Finding[]
  /** True when a worker was started. */
  readonly served: boolean
  /** How the worker ended by itself; null: it was not started, or told to stop. */
  readonly exitCode: number | null
}

/** `worker`: serves some or all task queues on this host. */
export function registerWorker(program: Command): void {
  program
    .command('worker')
    .description('serve task queues on this host, a GPU box for example; settings come from the environment')
    .option('--queues <names>', `some of ${queueNames.join(', ')}`, queueNames.join(','))
    .option('--check', 'only try what these queues need, then end')
    .addHelpText(
      'after',
      '\nExample:\n  understudy worker --queues train,infer\n\n.env.example lists the environment. Ctrl-C ends it; a training goes on and is found again.',
    )
    .action(action({ options, handler: work, render, exitCode: ({ ok }) => (ok ? 0 : 1) }))
}

async function work(given: z.infer<typeof options>, context: HandlerContext): Promise<WorkerResult> {
  const { output, signal } = context
  const { queues } = given
  const { settings } = readEnvironment()
  const { checkWorkerHost } = await import('../doctor/check-worker.ts')
  output.progress(`tries what ${queues.join(', ')} need`)
  const checks = await checkWorkerHost(settings, queues)
  output.progressEnd()
  const ok = checks.every(({ state }) => state !== 'failed')
  if (!ok || given.check) return { queues, ok, checks, served: false, exitCode: null }
  for (const { part, state, found } of checks) output.note(`${part}: ${state}, ${found}`)
  output.step(`Serves ${queues.join(', ')} of ${settings.temporal.address}. Ctrl-C ends it.`)
  const { runWorker } = await import('../../infra/stack/run-worker.ts')
  const exitCode = await runWorker({ queues, signal })
  const stopped = signal.aborted
  return { queues, ok: stopped, checks, served: true, exitCode: stopped ? null : exitCode }
}

/** @throws UserError BadConfig with every variable that is missing or malformed, never with a value */
function readEnvironment(): WorkerEnvironment {
  const parsed = WorkerEnvironment.safeParse(process.env)
  if (parsed.success) return parsed.data
  throw new UserError({
    code: 'BadConfig',
    what: "The worker's environment is not complete.",
    why: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'),
    fix: 'Set these variables; .env.example explains each.',
  })
}

function render({ queues, checks, served, exitCode }: WorkerResult): string {
  if (exitCode !== null) return `The worker of ${queues.join(', ')} ended with exit code ${exitCode}.`
  const allWell = `This host can serve ${queues.join(', ')}.`
  return served ? 'The worker has ended.' : renderFindings(checks, allWell)
}
