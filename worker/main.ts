import { writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { composeActivities } from '../activities/compose.ts'
import { taskQueue, type QueueName } from '../domain/contracts/queues.ts'
import { readWorkerConfig, type WorkerConfig } from './config.ts'
import { queueOptions } from './queue-options.ts'
import { connectToTemporal } from './temporal-connections.ts'

Runtime.install({ logger: new DefaultLogger('INFO') })

const config = readWorkerConfig(process.env, process.argv.slice(2))
await serve(config)

function tell(kind: 'note' | 'warning', text: string): void {
  const { logger } = Runtime.instance()
  if (kind === 'warning') logger.warn(text)
  else logger.info(text)
}

/** Serves the task queues until SIGTERM or SIGINT; what is under way then has a few seconds to report back. */
async function serve(config: WorkerConfig): Promise<void> {
  const { settings, queues, requestsPerMinute, home, readyFile } = config
  const { namespace } = settings.temporal
  const temporal = await connectToTemporal(settings.temporal)
  const activities = await composeActivities(settings, {
    home,
    client: () => temporal.client,
    inference: { ...config.inference, tell },
  })
  const workers = await Promise.all(queues.map((queue) => createWorker(queue)))
  const running = workers.map((worker) => worker.run())
  if (readyFile !== null) await writeFile(readyFile, JSON.stringify({ ready: true, pid: process.pid }))
  try {
    await Promise.all(running)
  } finally {
    await activities.close()
    await temporal.close()
  }

  function createWorker(queue: QueueName): Promise<Worker> {
    return Worker.create({
      connection: temporal.native,
      namespace,
      identity: `understudy-${queue}@${hostname()}:${process.pid}`,
      taskQueue: taskQueue(queue, settings.queuePrefix),
      activities: activities.groups[queue],
      shutdownGraceTime: 5000,
      shutdownForceTime: 15_000,
      maxHeartbeatThrottleInterval: 5000,
      ...queueOptions(queue, requestsPerMinute),
      ...(queue === 'core'
        ? { workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)) }
        : {}),
    })
  }
}
