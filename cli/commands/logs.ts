import type { Command } from 'commander'
import { z } from 'zod'
import { action, type HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'

const LogsOptions = z.object({
  service: z.string().optional(),
  follow: z.boolean().default(false),
  lines: z.coerce.number().int().min(0).max(100_000),
})
type LogsOptions = z.infer<typeof LogsOptions>

/** `understudy logs`: what the services wrote, secrets taken out. */
export function registerLogs(program: Command): void {
  program
    .command('logs')
    .description('show what the local services wrote')
    .argument(
      '[service]',
      'temporal, minio, label-studio, simulator, worker or supervisor; all when left out',
    )
    .option('-f, --follow', 'go on with new lines until Ctrl-C')
    .option('-n, --lines <number>', 'lines of each log to begin with', '50')
    .addHelpText('after', '\nExample:\n  understudy logs worker -f')
    .action(action({ options: LogsOptions, handler: logs, render: () => '' }))
}

async function logs(options: LogsOptions, context: HandlerContext): Promise<void> {
  const { homeOf } = await import('../../infra/stack/home.ts')
  const { readLogTail } = await import('../../infra/stack/read-log.ts')
  const { followLog } = await import('../../infra/stack/follow-log.ts')
  const { collectSecrets, redact } = await import('../redact.ts')
  const { output, folder, signal } = context
  const home = homeOf(folder)
  const names = await servicesOf(options.service)
  const secrets = collectSecrets(process.env, folder)
  const show = (service: string, text: string): void => {
    const safe = redact(text, secrets)
    output.item({ service, text: safe }, names.length === 1 ? safe : `${service} | ${safe}`)
  }
  for (const name of names) for (const text of readLogTail(home.log(name), options.lines)) show(name, text)
  if (!options.follow) return
  await Promise.all(names.map((name) => followLog(home.log(name), signal, (text) => show(name, text))))
}

async function servicesOf(asked: string | undefined): Promise<string[]> {
  const { serviceNames } = await import('../../infra/stack/stack-state.ts')
  const known = [...serviceNames, 'supervisor']
  if (asked === undefined) return known
  if (known.includes(asked)) return [asked]
  throw new UserError({
    code: 'BadInput',
    what: `There is no service "${asked}".`,
    why: `Expected one of ${known.join(', ')}.`,
    fix: 'Correct the name, or leave it out to see all logs.',
  })
}
