import type { Command } from 'commander'
import { z } from 'zod'
import type { StoppedStack } from '../../infra/stack/down.ts'
import { action } from '../command.ts'

/** `understudy down`: ends everything that `up` started. */
export function registerDown(program: Command): void {
  program
    .command('down')
    .description('stop the local services; what they keep stays')
    .option('--at-boot', 'also no longer start them with this machine')
    .addHelpText('after', '\nExample:\n  understudy down')
    .action(
      action({
        options: z.object({ atBoot: z.boolean().default(false) }),
        handler: async ({ atBoot }, context): Promise<StoppedStack> => {
          const { folder, output } = context
          if (atBoot) {
            const { changeAtBoot } = await import('../stack/at-boot.ts')
            await changeAtBoot(false, context)
          }
          const { homeOf } = await import('../../infra/stack/home.ts')
          const { stopStack } = await import('../../infra/stack/down.ts')
          output.progress('stops the services, the worker first')
          return stopStack(homeOf(folder))
        },
        render,
        exitCode: ({ left }) => (left.length === 0 ? 0 : 1),
      }),
    )
}

function render({ stopped, left }: StoppedStack): string {
  const lines = [stopped.length === 0 ? 'Nothing was running.' : `Stopped: ${stopped.join(', ')}.`]
  for (const { name, pid } of left) lines.push(`${name} (process ${pid}) could not be ended: end it by hand.`)
  return lines.join('\n')
}
