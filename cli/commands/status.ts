import type { Command } from 'commander'
import { z } from 'zod'
import { action } from '../command.ts'
import { renderStatus } from '../stack/render-status.ts'

/** `understudy status`: what runs, where, and whether it answers. Exit code 1 when something does not. */
export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('show the local services: state, port, process, restarts, links')
    .addHelpText('after', '\nExample:\n  understudy status --json')
    .action(
      action({
        options: z.object({}),
        handler: async (_, { folder }) => {
          const { homeOf } = await import('../../infra/stack/home.ts')
          const { readStackStatus } = await import('../../infra/stack/status.ts')
          return readStackStatus(homeOf(folder))
        },
        render: renderStatus,
        exitCode: ({ healthy }) => (healthy ? 0 : 1),
      }),
    )
}
