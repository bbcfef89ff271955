import { z } from 'zod'
import { isoTime, sha256 } from './shared.ts'

/** A call that gave no draft: `<project>/attempts/<promptVersion>/<image>/<callId>.json`. For the record; never a draft. */
export const AttemptRecord = z.object({
  v: z.literal(1),
  callId: z.string(),
  image: sha256,
  promptVersion: sha256,
  cycle: z.int(),
  /** Number of the call, from 0, where a draft takes several. */
  part: z.int().optional(),
  at: isoTime,
  /** Code of the failure, such as TeacherBadReply. */
  code: z.string(),
  message: z.string(),
  /** What it cost, USD; null when nobody knows: the call ended before its bill came. */
  usd: z.number().nullable(),
  /** The vendor's whole answer, when there was one. */
  reply: z.unknown().optional(),
})
export type AttemptRecord = z.infer<typeof AttemptRecord>
