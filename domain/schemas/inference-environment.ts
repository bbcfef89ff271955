import { z } from 'zod'
import { inferenceProviders } from '../contracts/inference.ts'

const shape = /^([1-9]\d?)x([1-9]\d?)$/

/** Variables that say how this machine computes models; the worker and the command line both look at them. */
export const inferenceVariables = z.object({
  /** Workers x threads, such as `2x1`: not measured then. */
  UNDERSTUDY_INFER_POOL: z
    .string()
    .regex(shape, 'workers x threads, such as 2x1')
    .transform((text) => {
      const [, workers, threads] = shape.exec(text) ?? []
      return { workers: Number(workers), threads: Number(threads) }
    })
    .optional(),
  UNDERSTUDY_INFER_PROVIDER: z.enum(inferenceProviders).default('cpu'),
})
