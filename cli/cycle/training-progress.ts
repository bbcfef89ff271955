import type { Client } from '@temporalio/client'
import { z } from 'zod'
import type { TrainingProgressView } from '../../domain/contracts/training-progress.ts'

const Heartbeat = z.object({
  runId: z.string(),
  epoch: z.int(),
  epochs: z.int(),
  losses: z.record(z.string(), z.number()),
  map50: z.number().nullable(),
  map: z.number().nullable(),
  etaSeconds: z.number().nullable(),
  waitsFor: z.string().nullable(),
})

/** How far the trainer is, from the heartbeat of the running activity; null when it has not begun or is over. */
export async function readTrainingProgress(
  client: Client,
  workflowId: string,
): Promise<TrainingProgressView | null> {
  const { defaultPayloadConverter } = await import('@temporalio/common')
  const { raw } = await client.workflow.getHandle(workflowId).describe()
  for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
    const [payload] = heartbeatDetails?.payloads ?? []
    if (!payload) continue
    const heartbeat = Heartbeat.safeParse(defaultPayloadConverter.fromPayload(payload))
    if (heartbeat.success) return heartbeat.data
  }
  return null
}
