import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { cycleId, nightlyId } from '../../domain/contracts/workflow-ids.ts'
import type { HandlerContext } from '../command.ts'
import { readProjectFile } from '../config-file.ts'
import { readCycle } from '../cycle/read-cycle.ts'
import { startCycle, storeConfig } from '../cycle/start-cycle.ts'
import { openProject, type Project } from '../project.ts'
import { ensureNightlySchedule, machineTimezone } from '../schedule/nightly-schedule.ts'
import { triggerNight } from '../schedule/trigger-night.ts'
import { withTemporal } from '../temporal-client.ts'
import { demoSummary, type DemoSummary } from './demo-summary.ts'
import { demoTruth, prepareDemo } from './demo-project.ts'
import type { DemoSize } from './demo-size.ts'
import { follow } from './follow.ts'
import { createStandIn, type StandIn } from './stand-in.ts'

export interface DemoOptions {
  readonly size: DemoSize
  /** The real Gemini instead of the simulator: needs a key and costs money. */
  readonly real: boolean
}

/** When the demo's nights are due; the demo triggers one by hand. */
const nightAt = '02:00'

/**
 * The whole loop, twice: a cycle from nothing, then a night that learns from what was routed. Safe to repeat in the same
 * folder: drafts that are there are not asked for again, and a model that exists is not trained again.
 */
export async function runDemo({ size, real }: DemoOptions, context: HandlerContext): Promise<DemoSummary> {
  const { output } = context
  const began = Date.now()
  const { folder, images } = await prepareDemo(context.folder, size)
  output.step(`1. Start the stack (${real ? 'the real Gemini' : 'simulated teacher'}, stand-in reviewer)`)
  const uiUrl = await bringUp(folder, real, context)
  const project = await openProject(folder)
  output.step('2. Ingest the photographs')
  await ingest(project, images, context)
  const standIn = await createStandIn(project, context)
  await withTemporal(project.settings.temporal, async (client) => {
    output.step('3. One full cycle: draft, review, train, compare, route')
    await firstCycle(client, project, standIn, context)
    output.step('4. The stand-in reviewer looks at what was routed')
    output.step(`stand-in reviewer answered ${await standIn()} routed tasks`)
    output.step('5. The night, started through its schedule: it retrains from the champion')
    await night(client, project, standIn, context)
  })
  const reportFile = join(folder, 'report.html')
  return demoSummary(project, { uiUrl, seconds: (Date.now() - began) / 1000, real, reportFile })
}

async function bringUp(
  folder: string,
  real: boolean,
  { output, signal }: HandlerContext,
): Promise<string | null> {
  const { homeOf } = await import('../../infra/stack/home.ts')
  const { startStack } = await import('../../infra/stack/up.ts')
  const { config } = await readProjectFile(folder)
  await startStack({
    home: homeOf(folder),
    signal,
    onProgress: (text) => output.step(text),
    requestsPerMinute: config.teacher.requestsPerMinute,
    ...(real ? {} : { simulate: { truth: [demoTruth] } }),
  })
  return (await openProject(folder)).settings.temporal.uiUrl
}

async function ingest(project: Project, images: string, { output, signal }: HandlerContext): Promise<void> {
  const { composeIngest } = await import('../../activities/compose-project.ts')
  const result = await composeIngest(project.settings.store)({
    project: project.name,
    folder: images,
    grouping: 'near-duplicates',
    fractions: project.config.split,
    signal,
    onProgress: ({ stage, done, total }) => output.progress(`ingest, ${stage}: ${done} of ${total}`),
  })
  output.progressEnd()
  output.step(`${result.added} new images, ${result.known} known ones`)
}

async function firstCycle(
  client: Client,
  project: Project,
  standIn: StandIn,
  context: HandlerContext,
): Promise<void> {
  const { state } = await readCycle(client, project.name)
  if (state !== 'running') {
    await startCycle(client, project, { mode: 'full', limit: null, approveTraining: false })
  }
  const workflowId = cycleId(project.name)
  await follow(client, { project: project.name, workflowId, mode: 'full' }, standIn, context)
}

async function night(
  client: Client,
  project: Project,
  standIn: StandIn,
  context: HandlerContext,
): Promise<void> {
  await storeConfig(project)
  await ensureNightlySchedule(client, {
    project: project.name,
    configHash: project.configHash,
    at: nightAt,
    timezone: machineTimezone(),
    queuePrefix: project.settings.queuePrefix,
  })
  const { workflowId } = await triggerNight(
    client.schedule.getHandle(nightlyId(project.name)),
    context.signal,
  )
  if (workflowId === null) return
  await follow(client, { project: project.name, workflowId, mode: 'nightly' }, standIn, context)
}
