import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { inject } from 'vitest'
import { queueNames, taskQueue } from '../../../domain/contracts/queues.ts'
import type { CycleInput } from '../../../domain/contracts/workflow-inputs.ts'
import type { AllActivities } from './fake-loop.ts'

Runtime.install({ logger: new DefaultLogger('ERROR') })

export interface Loop {
  readonly client: Client
  /** A project name of this test's own. */
  readonly project: string
  readonly queue: string
  readonly input: CycleInput
}

/** Runs a test against workers of its own on the shared real Temporal server, with short polls; every task replays. */
export async function withLoop(
  activities: AllActivities | ((client: Client) => AllActivities),
  test: (loop: Loop) => Promise<void>,
): Promise<void> {
  const address = inject('temporalAddress')
  const connection = await NativeConnection.connect({ address })
  const client = new Client({ connection: await Connection.connect({ address }) })
  const prefix = `t-${randomUUID().slice(0, 8)}-`
  const group = typeof activities === 'function' ? activities(client) : activities
  const workers = await Promise.all(
    queueNames.map((queue) =>
      Worker.create({
        connection,
        taskQueue: taskQueue(queue, prefix),
        activities: group,
        shutdownGraceTime: 1000,
        ...(queue === 'core'
          ? { workflowBundle: { codePath: inject('workflowBundle') }, maxCachedWorkflows: 0 }
          : {}),
      }),
    ),
  )
  const running = workers.map((worker) => worker.run())
  const project = `p-${randomUUID().slice(0, 8)}`
  const input: CycleInput = {
    v: 1,
    project,
    configHash: 'c'.repeat(64),
    mode: 'full',
    limit: null,
    reviewPollSeconds: { first: 0.2, most: 0.4 },
    batchPollSeconds: { first: 0.2, most: 0.4 },
  }
  try {
    await test({ client, project, queue: taskQueue('core', prefix), input })
  } finally {
    for (const worker of workers) worker.shutdown()
    await Promise.all(running)
    await client.connection.close()
    await connection.close()
  }
}

/** Polls until `probe` gives a value; fails after the deadline with what it waited for. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined>,
  deadlineMs = 20_000,
): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const value = await probe()
    if (value !== undefined) return value
    if (Date.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
