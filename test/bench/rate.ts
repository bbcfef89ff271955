import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { z } from 'zod'
import { composeIngest } from '../../activities/compose-project.ts'
import { configHashOf } from '../../cli/config-file.ts'
import { startCycle } from '../../cli/cycle/start-cycle.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import type { ConnectionSettings } from '../../domain/schemas/connection-settings.ts'
import { ProjectConfig } from '../../domain/schemas/project-config.ts'
import { demoTruth } from '../../infra/stack/stack-plan.ts'
import { startTestStack } from '../fixtures/stack/start-test-stack.ts'
import { load, say } from './interleave.ts'
import { callsInMinutes, mostInAMinute } from './minutes.ts'
import { plainFigure } from './ratios.ts'

/**
 * `npm run bench:rate`: how much of an allowance of requests a minute is used, and whether it is ever passed. A real stack
 * with a worker drafts photographs against the simulator at no latency, and the simulator says when each call came in.
 * Figures are JSON lines on standard output, everything else goes to standard error. Takes four minutes.
 */

const requestsPerMinute = Number(process.env.BENCH_RPM ?? 600)
/** Each of the demo's 255 photographs is asked about so often: more calls than the minutes measured can hold. */
const samples = 9
const minutes = 3

const stack = await startTestStack({
  worker: true,
  simulate: { truth: [demoTruth] },
  requestsPerMinute,
})
try {
  say(`${requestsPerMinute} requests a minute allowed, ${load()}`)
  const times = await draftFor(stack.settings, minutes)
  const [, ...later] = callsInMinutes(times, minutes)
  say(`${times.length} calls; by minute: ${callsInMinutes(times, minutes).join(', ')}; ${load()}`)
  const bench = 'rate'
  const used = later.map((calls) => calls / requestsPerMinute)
  const over = [mostInAMinute(times) / requestsPerMinute]
  for (const figure of [
    plainFigure({ bench, figure: 'rate-used' }, used, 'ratio'),
    plainFigure({ bench, figure: 'rate-over' }, over, 'ratio'),
  ])
    process.stdout.write(`${JSON.stringify(figure)}\n`)
} finally {
  await stack.stop()
}

/** Starts a drafting cycle and ends it after so many minutes. Resolves to the times of its calls, seconds. */
async function draftFor(settings: ConnectionSettings, duration: number): Promise<number[]> {
  const config = ProjectConfig.parse({
    project: 'bench-rate',
    classes: ['RBC', 'WBC', 'Platelets'].map((name) => ({ name })),
    teacher: { requestsPerMinute, samples },
  })
  const { signal } = new AbortController()
  const ingested = await composeIngest(settings.store)({
    project: config.project,
    folder: fileURLToPath(new URL('../../demo/blood-cells/images/', import.meta.url)),
    grouping: 'folder',
    fractions: config.split,
    signal,
    onProgress: () => {},
  })
  say(`${ingested.added} photographs, ${ingested.added * samples} calls to make`)
  const connection = await Connection.connect({ address: settings.temporal.address })
  try {
    const client = new Client({ connection, namespace: settings.temporal.namespace })
    const project = { name: config.project, path: '', config, configHash: configHashOf(config), settings }
    await startCycle(client, project, { mode: 'draft', limit: null, approveTraining: false })
    const deadline = Date.now() + (duration + 2) * 60_000
    for (;;) {
      const times = await callTimes(settings)
      const [first] = times
      const last = times.at(-1)
      if (first !== undefined && last !== undefined && last - first > duration * 60) {
        await client.workflow.getHandle(cycleId(config.project)).cancel()
        return times
      }
      if (Date.now() > deadline) throw new Error(`Only ${times.length} calls came in`)
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  } finally {
    await connection.close()
  }
}

async function callTimes({ teacher }: ConnectionSettings): Promise<number[]> {
  const response = await fetch(`${teacher?.baseUrl}/_control/times`)
  const { times } = z.object({ times: z.array(z.number()) }).parse(await response.json())
  return times.map((ms) => ms / 1000).sort((a, b) => a - b)
}
