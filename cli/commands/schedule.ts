import type { Client } from '@temporalio/client'
import type { Command } from 'commander'
import { z } from 'zod'
import { isTimezone } from '../../domain/timezone.ts'
import { action, type HandlerContext } from '../command.ts'
import { configFileName, readProjectFile } from '../config-file.ts'
import { storeConfig } from '../cycle/start-cycle.ts'
import { UserError } from '../errors.ts'
import { openProject, type Project } from '../project.ts'
import { ensureNightlySchedule, findNightlySchedule, machineTimezone } from '../schedule/nightly-schedule.ts'
import { viewSchedule, type ScheduleView } from '../schedule/read-schedule.ts'
import { renderSchedule } from '../schedule/schedule-text.ts'
import { triggerNight } from '../schedule/trigger-night.ts'
import { writeNight } from '../schedule/write-night.ts'
import { withTemporal } from '../temporal-client.ts'

const SetOptions = z.object({
  at: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:MM, 24 hours')
    .optional(),
  timezone: z.string().refine(isTimezone, 'an IANA name such as Europe/Berlin').optional(),
})

/** `schedule set|show|pause|resume|trigger|remove`. */
export function registerSchedule(program: Command): void {
  const schedule = program.command('schedule').description('run the loop every night')
  schedule
    .command('set')
    .description(
      'create the nightly schedule, or bring it in line; the options are written to understudy.yaml',
    )
    .option('--at <HH:MM>', 'time of day; default: night.at of understudy.yaml')
    .option('--timezone <zone>', "IANA name; default: night.timezone of understudy.yaml, else the machine's")
    .addHelpText('after', '\nExample:\n  understudy schedule set --at 02:00 --timezone Europe/Berlin')
    .action(action({ options: SetOptions, handler: set, render: renderSchedule }))
  schedule
    .command('show')
    .description('when the next nights are and how the last ones ended')
    .addHelpText('after', '\nExample:\n  understudy schedule show')
    .action(action({ options: z.object({}), handler: show, render: renderSchedule }))
  schedule
    .command('pause')
    .description('start no further nights')
    .option('--note <text>', 'why; shown with the schedule', 'paused on the command line')
    .addHelpText('after', '\nExample:\n  understudy schedule pause --note "moving the server"')
    .action(
      action({
        options: z.object({ note: z.string() }),
        handler: async ({ note }, context) => change(context, ({ handle }) => handle.pause(note)),
        render: renderSchedule,
      }),
    )
  schedule
    .command('resume')
    .description('go on after a pause, also after one that a failed night caused')
    .addHelpText('after', '\nExample:\n  understudy schedule resume')
    .action(
      action({
        options: z.object({}),
        handler: async (_, context) =>
          change(context, ({ handle }) => handle.unpause('resumed on the command line')),
        render: renderSchedule,
      }),
    )
  schedule
    .command('trigger')
    .description('run a night now, unless one is running')
    .addHelpText('after', '\nExample:\n  understudy schedule trigger')
    .action(
      action({
        options: z.object({}),
        handler: trigger,
        render: ({ started, workflowId }) =>
          started
            ? `Started ${workflowId ?? 'a night'}.\nSee how it goes with \`understudy schedule show\`.`
            : `Skipped: ${workflowId ?? 'a night'} is still running.`,
      }),
    )
  schedule
    .command('remove')
    .description('delete the schedule; a night that runs goes on')
    .addHelpText('after', '\nExample:\n  understudy schedule remove')
    .action(
      action({
        options: z.object({}),
        handler: async (_, { folder, output }) => {
          const project = await openProject(folder)
          await withTemporal(project.settings.temporal, async (client) => {
            await (await existing(client, project.name)).handle.delete()
          })
          // Or the next `up` would make it again.
          if (project.config.night.at !== null) {
            await writeNight(folder, { at: null })
            output.step(`Wrote night.at: null to ${configFileName}.`)
          }
          return { removed: true }
        },
        render: () => 'The schedule is removed.',
      }),
    )
}

async function set(
  given: z.infer<typeof SetOptions>,
  { folder, output }: HandlerContext,
): Promise<ScheduleView> {
  const written = (await readProjectFile(folder)).config.night
  const at = given.at ?? written.at
  if (at === null) {
    throw new UserError({
      code: 'BadInput',
      what: 'The schedule needs a time.',
      why: 'Neither --at nor night.at in understudy.yaml names one.',
      fix: 'understudy schedule set --at 02:00',
    })
  }
  const night = { at, timezone: given.timezone ?? written.timezone }
  // The schedule stands in the file, too: `up` makes it anew from there.
  if (night.at !== written.at || night.timezone !== written.timezone) {
    await writeNight(folder, night)
    output.step(`Wrote night.at and night.timezone to ${configFileName}.`)
  }
  const project = await openProject(folder)
  const { name, configHash, settings } = project
  await storeConfig(project)
  return withTemporal(settings.temporal, async (client) => {
    const done = await ensureNightlySchedule(client, {
      project: name,
      configHash,
      at,
      timezone: night.timezone ?? machineTimezone(),
      queuePrefix: settings.queuePrefix,
    })
    output.step(`Schedule ${done}.`)
    return viewSchedule(client, (await existing(client, name)).description)
  })
}

async function show(
  _: object,
  { folder, output }: HandlerContext,
): Promise<ScheduleView | { exists: false }> {
  const project = await openProject(folder)
  return withTemporal(project.settings.temporal, async (client) => {
    const found = await findNightlySchedule(client, project.name)
    if (found === null) return { exists: false }
    const view = await viewSchedule(client, found.description)
    warnWhenOutdated(project, view, output)
    return view
  })
}

async function trigger(_: object, { folder, output, signal }: HandlerContext) {
  const project = await openProject(folder)
  return withTemporal(project.settings.temporal, async (client) => {
    const { handle, description } = await existing(client, project.name)
    warnWhenOutdated(project, await viewSchedule(client, description), output)
    return triggerNight(handle, signal)
  })
}

async function change(
  { folder }: HandlerContext,
  work: (found: Awaited<ReturnType<typeof existing>>) => Promise<void>,
): Promise<ScheduleView> {
  const { name, settings } = await openProject(folder)
  return withTemporal(settings.temporal, async (client) => {
    await work(await existing(client, name))
    return viewSchedule(client, (await existing(client, name)).description)
  })
}

async function existing(client: Client, project: string) {
  const found = await findNightlySchedule(client, project)
  if (found !== null) return found
  throw new UserError({
    code: 'NotFound',
    what: `${project} has no schedule.`,
    why: 'None was set, or it was removed.',
    fix: 'Make one with `understudy schedule set --at 02:00`.',
  })
}

function warnWhenOutdated(
  { configHash }: Project,
  view: ScheduleView,
  output: HandlerContext['output'],
): void {
  if (view.configHash === null || view.configHash === configHash) return
  output.warn(
    'understudy.yaml has changed since the schedule was set: nights still run with the old values. `understudy schedule set` takes the new ones over.',
  )
}
