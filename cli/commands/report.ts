import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { z } from 'zod'
import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { action, type HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'
import { openLink } from '../open-link.ts'
import { openProject } from '../project.ts'

const options = z.object({
  cycle: z.coerce.number().int().positive().optional(),
  open: z.boolean().default(false),
  out: z.string().optional(),
})

/** `report`: brings a cycle's report to this machine. */
export function registerReport(program: Command): void {
  program
    .command('report')
    .description("save a cycle's report as one HTML file")
    .option('--cycle <number>', 'default: the latest that has one')
    .option('--out <file>', 'default: report-<project>-<cycle>.html')
    .option('--open', 'open it in the browser')
    .addHelpText('after', '\nExample:\n  understudy report --open')
    .action(
      action({
        options,
        handler: saveReport,
        render: ({ cycle, file }) => `Report of cycle ${cycle}: ${file}`,
      }),
    )
}

async function saveReport(
  { cycle, open, out }: z.infer<typeof options>,
  { folder, output }: HandlerContext,
): Promise<{ project: string; cycle: number; file: string }> {
  const { name, settings } = await openProject(folder)
  const { composeStore, readCycleNumbers } = await import('../../activities/compose-project.ts')
  const store = composeStore(settings.store)
  const candidates = cycle === undefined ? (await readCycleNumbers(settings.store, name)).reverse() : [cycle]
  for (const number of candidates) {
    const report = await store.get(storeKeys(name).cycleFile(number, 'report.html'))
    if (report === null) continue
    const file = resolve(out ?? `report-${name}-${number}.html`)
    await writeFile(file, report.body)
    if (open && !(await openLink(pathToFileURL(file).href)))
      output.warn('No browser could be opened here: open the file.')
    return { project: name, cycle: number, file }
  }
  throw new UserError({
    code: 'NotFound',
    what:
      cycle === undefined
        ? `No cycle of ${name} has a report yet.`
        : `Cycle ${cycle} of ${name} has no report.`,
    why: 'A report is written at the end of a cycle.',
    fix: 'See `understudy cycle status`.',
  })
}
