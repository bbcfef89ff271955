import { z } from 'zod'
import { tasks } from '../../contracts/tasks.ts'
import { trainers } from '../../contracts/trainers.ts'
import { sha256 } from './shared.ts'

/** Weights of somebody else's to begin with: a file name, and the hash under which the store has the bytes. */
export const BaseWeights = z.object({ name: z.string(), sha256 })
export type BaseWeights = z.infer<typeof BaseWeights>

/** `<project>/trainings/<trainKey>.plan.json`: everything a training host needs to know, fixed before it starts. */
export const TrainingPlanRecord = z.object({
  v: z.literal(1),
  trainKey: sha256,
  dataset: sha256,
  task: z.enum(tasks).default('detect'),
  trainer: z.object({ name: z.enum(trainers), version: z.string(), recipe: z.int() }),
  arguments: z.object({
    architecture: z.string(),
    parent: sha256.nullable(),
    baseWeights: BaseWeights.nullable().default(null),
    imageSize: z.int().positive(),
    epochs: z.int().positive(),
    batch: z.int().positive(),
    learningRate: z.number().positive(),
    seed: z.int(),
  }),
  /** Said to people: from the champion, from which weights, or why from scratch. Not part of the key. */
  startedFrom: z.string().default('not recorded'),
})
export type TrainingPlanRecord = z.infer<typeof TrainingPlanRecord>
