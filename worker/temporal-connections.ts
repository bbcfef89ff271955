import { Client, Connection } from '@temporalio/client'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection } from '@temporalio/worker'
import type { ConnectionSettings } from '../domain/schemas/connection-settings.ts'

export interface TemporalConnections {
  /** For polling the task queues. */
  readonly native: NativeConnection
  /** For activities that look at workflows. */
  readonly client: Client
  close(): Promise<void>
}

/**
 * Connects as Temporal's own tools do: TLS, API key and headers come from the `TEMPORAL_*` variables or a profile
 * (`@temporalio/envconfig`); address and namespace from the worker's settings.
 */
export async function connectToTemporal({
  address,
  namespace,
}: ConnectionSettings['temporal']): Promise<TemporalConnections> {
  const { tls, apiKey, metadata } = loadClientConnectConfig().connectionOptions
  const options = {
    address,
    ...(tls === undefined || tls === null ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata }),
  }
  const native = await NativeConnection.connect(options)
  const connection = await Connection.connect(options)
  return {
    native,
    client: new Client({ connection, namespace }),
    async close() {
      await connection.close()
      await native.close()
    },
  }
}
