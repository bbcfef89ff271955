import { z } from 'zod'
import type { BatchAnswer, BatchSight } from '../../roles/batch-drafter.ts'
import { readResponse } from './reply.ts'

const Answer = z.object({
  metadata: z.object({ key: z.string() }),
  response: z.unknown().optional(),
  error: z.object({ code: z.int().catch(0), message: z.string().catch('') }).optional(),
})

/** The Operation on the wire, as far as we read it: the SDK's own type leaves out why a job failed. */
const Operation = z.object({
  metadata: z.object({
    state: z.string().catch(''),
    output: z
      .object({ inlinedResponses: z.object({ inlinedResponses: z.array(z.unknown()) }) })
      .optional()
      .catch(undefined),
  }),
  error: z
    .object({ message: z.string().catch('') })
    .optional()
    .catch(undefined),
})

const endings = {
  BATCH_STATE_FAILED: 'failed',
  BATCH_STATE_CANCELLED: 'cancelled',
  BATCH_STATE_EXPIRED: 'expired',
} as const satisfies Record<string, BatchSight['state']>

const endingOf = (state: string) => Object.entries(endings).find(([name]) => name === state)?.[1] ?? null

/** Reads the raw Operation of a job; null when it is none. An answer without a key cannot be told whose it is: left out. */
export function readBatchOperation(raw: unknown): BatchSight | null {
  const operation = Operation.safeParse(raw)
  if (!operation.success) return null
  const { metadata, error } = operation.data
  const answers = metadata.output?.inlinedResponses.inlinedResponses
  if (answers !== undefined) return { state: 'answered', answers: answers.flatMap(readAnswer) }
  const ending = endingOf(metadata.state)
  if (ending !== null) return { state: ending, reason: error?.message ?? `the job has ${ending}` }
  if (metadata.state === 'BATCH_STATE_SUCCEEDED') {
    return { state: 'failed', reason: 'the job succeeded and holds no answers' }
  }
  return { state: 'running' }
}

function readAnswer(raw: unknown): BatchAnswer[] {
  const parsed = Answer.safeParse(raw)
  if (!parsed.success) return []
  const { metadata, response, error } = parsed.data
  const { key } = metadata
  if (response !== undefined && error === undefined) return [{ key, ok: true, reply: readResponse(response) }]
  return [{ key, ok: false, error: error ?? { code: 0, message: 'neither an answer nor an error' } }]
}
