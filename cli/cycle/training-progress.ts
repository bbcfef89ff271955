import type { Client } from '@temporalio/client'
import { z } from 'zod'

const Heartbeat = z.object({ epoch: z.int(), epochs: z.int(), map50: z.number().nullable() })
/** How far the trainer is: from the heartbeat of the running activity. */
export type TrainingEpoch = z.infer<typeof Heartbeat>

/** Null when the training has not begun or is over. */
export async function readTrainingProgress(
  client: Client,
  workflowId: string,
): Promise<TrainingEpoch | null> {
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

/** `epoch 12 of 50, mAP50 0.61` */
export const epochText = ({ epoch, epochs, map50 }: TrainingEpoch): string =>
  `epoch ${epoch} of ${epochs}${map50 === null ? '' : `, mAP50 ${map50.toFixed(2)}`}`
