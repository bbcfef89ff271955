import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { StackStatus } from '../../infra/stack/status.ts'
import { readProjectFile } from '../config-file.ts'
import { action, type HandlerContext } from '../command.ts'
import { UserError } from '../errors.ts'
import { renderStatus } from '../stack/render-status.ts'

const UpOptions = z.object({
  simulate: z.boolean().default(false),
  truth: z.array(z.string()).default([]),
  port: z.array(z.string()).default([]),
  atBoot: z.boolean().optional(),
})
type UpOptions = z.infer<typeof UpOptions>

interface UpResult extends StackStatus {
  readonly outcome: 'started' | 'changed' | 'unchanged'
  readonly changes: readonly string[]
}

/** `understudy up`: starts the local services and waits until each answers. */
export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start the local services: Temporal, MinIO, Label Studio and the worker')
    .option('--simulate', 'use the simulated teacher instead of Gemini: no key, no cost, only known images')
    .option(
      '--truth <file>',
      'COCO labels the simulated teacher answers from (repeatable; default: those of the demo)',
      collect,
    )
    .option('--port <name=number>', 'fix a port, e.g. labelStudio=8085 (repeatable)', collect)
    .option('--at-boot', 'also start them with this machine from now on, so that the nights go on')
    .option('--no-at-boot', 'no longer start them with this machine')
    .addHelpText('after', '\nExample:\n  GEMINI_API_KEY=… understudy up')
    .action(action({ options: UpOptions, handler: up, render }))
}

async function up(options: UpOptions, context: HandlerContext): Promise<UpResult> {
  const { folder, output, signal } = context
  const { homeOf } = await import('../../infra/stack/home.ts')
  const { startStack } = await import('../../infra/stack/up.ts')
  const { readStackStatus } = await import('../../infra/stack/status.ts')
  if (options.truth.length > 0 && !options.simulate) throw truthWithoutSimulate()
  if (process.env.TEMPORAL_ADDRESS) {
    output.warn(`TEMPORAL_ADDRESS is set: worker and commands use ${process.env.TEMPORAL_ADDRESS}.`)
  }
  const home = homeOf(folder)
  const requestsPerMinute = await requestsPerMinuteOf(folder)
  const { outcome, changes, state } = await startStack({
    home,
    signal,
    fixedPorts: await parsePorts(options.port),
    onProgress: (text) => output.step(text),
    ...(requestsPerMinute === null ? {} : { requestsPerMinute }),
    ...(options.simulate ? { simulate: { truth: await truthFiles(options.truth) } } : {}),
  })
  for (const change of changes) output.note(change)
  if (state.teacher === null) {
    output.warn('No teacher: set GEMINI_API_KEY or use --simulate, and run `understudy up` again to draft.')
  }
  const { remakeSchedule } = await import('../schedule/remake-schedule.ts')
  await remakeSchedule(folder, output)
  if (options.atBoot !== undefined) {
    const { changeAtBoot } = await import('../stack/at-boot.ts')
    await changeAtBoot(options.atBoot, context, options)
  }
  return { outcome, changes, ...(await readStackStatus(home)) }
}

/** The project's rate; null outside a project, where the services can be started all the same. */
async function requestsPerMinuteOf(folder: string): Promise<number | null> {
  const { existsSync } = await import('node:fs')
  if (!existsSync(resolve(folder, 'understudy.yaml'))) return null
  return (await readProjectFile(folder)).config.teacher.requestsPerMinute
}

/** Absolute paths of label files that are there; those of the demo's photographs when none is named. */
async function truthFiles(named: readonly string[]): Promise<string[]> {
  const { access } = await import('node:fs/promises')
  const { demoTruth } = await import('../../infra/stack/stack-plan.ts')
  const files = named.length === 0 ? [demoTruth] : named.map((file) => resolve(file))
  for (const file of files) {
    await access(file).catch((cause: unknown) => {
      throw new UserError({
        code: 'BadInput',
        what: 'The labels for the simulated teacher cannot be read.',
        why: `${file} should be a COCO file.`,
        fix: 'Correct --truth, or leave it out to use the labels of the demo.',
        cause,
      })
    })
  }
  return files
}

async function parsePorts(wishes: readonly string[]) {
  const { portNames } = await import('../../infra/stack/ports/port-names.ts')
  const { portNumber } = await import('../../infra/stack/ports/choose-ports.ts')
  return Object.fromEntries(
    wishes.map((wish) => {
      const [name = '', number = ''] = wish.split('=')
      if (!portNames.some((known) => known === name)) {
        throw new UserError({
          code: 'BadInput',
          what: `--port ${wish} names no port.`,
          why: `Expected name=number with one of ${portNames.join(', ')}.`,
          fix: 'Correct the name.',
        })
      }
      return [name, portNumber(`--port ${wish}`, number)] as const
    }),
  )
}

function render(result: UpResult): string {
  const said = {
    started: 'The stack is up.',
    changed: 'The worker was started anew.',
    unchanged: 'Already up.',
  }
  return `${said[result.outcome]}\n\n${renderStatus(result)}`
}

const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value]

function truthWithoutSimulate(): UserError {
  return new UserError({
    code: 'BadInput',
    what: '--truth was given without --simulate.',
    why: 'The labels are what the simulated teacher answers from; the real one takes none.',
    fix: 'Add --simulate, or leave out --truth.',
  })
}
