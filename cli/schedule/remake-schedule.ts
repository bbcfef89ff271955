import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { configFileName } from '../config-file.ts'
import { storeConfig } from '../cycle/start-cycle.ts'
import type { Output } from '../output.ts'
import { openProject } from '../project.ts'
import { withTemporal } from '../temporal-client.ts'
import { ensureNightlySchedule, machineTimezone } from './nightly-schedule.ts'

/**
 * Brings the schedule in line with understudy.yaml, also after Temporal's data were lost. Does nothing outside a project and
 * where night.at is null.
 */
export async function remakeSchedule(folder: string, output: Output): Promise<void> {
  if (!existsSync(join(folder, configFileName))) return
  const project = await openProject(folder)
  const { name, config, configHash, settings } = project
  const { at } = config.night
  if (at === null) return
  const timezone = config.night.timezone ?? machineTimezone()
  await storeConfig(project)
  const done = await withTemporal(settings.temporal, (client) =>
    ensureNightlySchedule(client, {
      project: name,
      configHash,
      at,
      timezone,
      queuePrefix: settings.queuePrefix,
    }),
  )
  output.note(`nightly schedule ${done}: ${at} ${timezone}`)
}
