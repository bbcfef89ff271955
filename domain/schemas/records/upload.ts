import { z } from 'zod'
import { isoTime } from './shared.ts'

/** A picture on the vendor's disk: written before it is uploaded, removed when it is deleted there. */
export const UploadRecord = z.object({
  v: z.literal(1),
  /** The vendor's name of it, chosen by us. */
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  endpoint: z.string(),
  at: isoTime,
})
export type UploadRecord = z.infer<typeof UploadRecord>
