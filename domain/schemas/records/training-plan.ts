import { z } from 'zod'
import { sha256 } from './shared.ts'

/** `<project>/trainings/<trainKey>.plan.json`: everything a training host needs to know, fixed before it starts. */
export const TrainingPlanRecord = z.object({
  v: z.literal(1),
  trainKey: sha256,
  dataset: sha256,
  trainer: z.object({ name: z.string(), version: z.string(), recipe: z.int() }),
  arguments: z.object({
    architecture: z.string(),
    parent: sha256.nullable(),
    imageSize: z.int().positive(),
    epochs: z.int().positive(),
    batch: z.int().positive(),
    learningRate: z.number().positive(),
    seed: z.int(),
  }),
})
export type TrainingPlanRecord = z.infer<typeof TrainingPlanRecord>
