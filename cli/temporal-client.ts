import type { Client, Connection, WorkflowHandle } from '@temporalio/client'
import { cycleId } from '../domain/contracts/workflow-ids.ts'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'
import { UserError } from './errors.ts'

type TemporalSettings = ConnectionSettings['temporal']

const connectTimeoutMs = 5_000
/** Each of them means that the user has set up Temporal's own configuration (TLS, API key, headers): it is used whole. */
const standardVariables = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE']

/**
 * Runs `work` with a Temporal client and closes the connection. The client is loaded here, not when the command starts.
 * @throws UserError StackDown when the server does not answer
 */
export async function withTemporal<T>(
  settings: TemporalSettings,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { Client, Connection } = await import('@temporalio/client')
  const { connectionOptions, namespace } = await connectionTo(settings)
  const connection: Connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout: connectTimeoutMs,
  }).catch((cause: unknown) => {
    throw new UserError({
      code: 'StackDown',
      what: `Temporal does not answer at ${connectionOptions.address ?? settings.address}.`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'See `understudy status` and start the stack with `understudy up`, or correct TEMPORAL_ADDRESS.',
      cause,
    })
  })
  try {
    return await work(new Client({ connection, namespace }))
  } finally {
    await connection.close()
  }
}

async function connectionTo(settings: TemporalSettings) {
  if (!standardVariables.some((name) => process.env[name])) {
    return { connectionOptions: { address: settings.address }, namespace: settings.namespace }
  }
  const { loadClientConnectConfig } = await import('@temporalio/envconfig')
  const { connectionOptions, namespace } = loadClientConnectConfig()
  const { address, tls, apiKey, metadata } = connectionOptions
  return {
    connectionOptions: {
      address: address ?? settings.address,
      ...(tls === undefined || tls === null ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    },
    namespace: namespace ?? settings.namespace,
  }
}

/** The project's cycle, whichever run of it is the latest. */
export const cycleHandle = (client: Client, project: string): WorkflowHandle =>
  client.workflow.getHandle(cycleId(project))

/** Page of a workflow in Temporal's web UI; null when no UI is known. */
export const workflowLink = ({ uiUrl, namespace }: TemporalSettings, workflowId: string): string | null =>
  uiUrl === null
    ? null
    : `${uiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
