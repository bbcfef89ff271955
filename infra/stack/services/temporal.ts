import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Connection } from '@temporalio/client'
import type { StackHome } from '../home.ts'
import { childEnvironment } from '../process/child-environment.ts'
import type { StackPlan } from '../stack-plan.ts'
import type { Service } from './service.ts'
import { settleNamespace } from './temporal-namespace.ts'

export const localNamespace = 'default'

/** Temporal's dev server, with its web UI, on an SQLite file. */
export function temporalService(home: StackHome, plan: StackPlan): Service {
  const { temporal: port, temporalUi: uiPort } = plan.ports
  const folder = home.data('temporal')
  const database = join(folder, 'temporal.sqlite')
  const address = `127.0.0.1:${port}`
  return {
    name: 'temporal',
    needs: [],
    ports: [port, uiPort],
    readyWithinMs: 60_000,
    graceMs: 10_000,
    prepare: async () => {
      await mkdir(folder, { recursive: true })
    },
    launch: () => ({
      program: plan.programs.temporal,
      arguments: [
        'server',
        'start-dev',
        '--ip=127.0.0.1',
        `--port=${port}`,
        '--ui-ip=127.0.0.1',
        `--ui-port=${uiPort}`,
        '--log-level=error',
        `--db-filename=${database}`,
        // Three to ten times the throughput of the usual journal.
        '--sqlite-pragma=journal_mode=wal',
        '--sqlite-pragma=synchronous=1',
        // The limit of calls a second holds for one partition: with the usual four, a slow queue would burst.
        '--dynamic-config-value=matching.numTaskqueueReadPartitions=1',
        '--dynamic-config-value=matching.numTaskqueueWritePartitions=1',
      ],
      environment: childEnvironment(process.env, {}),
      folder: home.folder,
    }),
    probe: async () => {
      const answered = await withConnection(address, async ({ workflowService }) => {
        const { namespaceInfo } = await workflowService.describeNamespace({ namespace: localNamespace })
        return namespaceInfo?.id ?? ''
      })
      const ours = namespaceIdInFile(database)
      if (answered !== ours) throw new Error(`the server on ${address} does not work on ${database}`)
    },
    settle: () => withConnection(address, (connection) => settleNamespace(connection, localNamespace)),
  }
}

/** The id the server gave our namespace when it made the file: nobody else can answer with it. */
function namespaceIdInFile(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const row = database.prepare('SELECT id FROM namespaces WHERE name = ?').get(localNamespace)
    const id = row?.['id']
    if (!(id instanceof Uint8Array)) throw new Error(`${path} holds no namespace "${localNamespace}" yet`)
    return Buffer.from(id)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  } finally {
    database.close()
  }
}

async function withConnection<Result>(
  address: string,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address, connectTimeout: 3_000 })
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}
