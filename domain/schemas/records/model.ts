import { z } from 'zod'
import { championWays, verdicts } from '../../contracts/disagreement-kinds.ts'
import { isoTime, sha256 } from './shared.ts'

/** `<project>/models/<hash>/model.json`: written after validation; without it the model is not registered. */
export const ModelRecord = z.object({
  v: z.literal(1),
  /** SHA-256 of `model.onnx`. */
  model: sha256,
  dataset: sha256,
  trainKey: sha256,
  parent: sha256.nullable(),
  classes: z.array(z.string()),
  imageSize: z.object({ width: z.int(), height: z.int() }),
  trainedImages: z.int(),
  arguments: z.object({
    architecture: z.string(),
    imageSize: z.int(),
    epochs: z.int(),
    batch: z.int(),
    learningRate: z.number(),
    seed: z.int(),
  }),
  packages: z.record(z.string(), z.string()),
  seconds: z.number(),
  createdAt: isoTime,
})
export type ModelRecord = z.infer<typeof ModelRecord>

/** `<project>/trainings/<trainKey>.json`: the finished training, registered or not. */
export const TrainingRecord = ModelRecord.omit({ classes: true, imageSize: true }).extend({
  epochs: z.int(),
  resumed: z.boolean(),
})
export type TrainingRecord = z.infer<typeof TrainingRecord>

/**
 * `<project>/champion.json`, changed by compare-and-set only, and a copy of each as `<project>/champions/<number>.json`, which
 * is never changed: the succession.
 */
export const ChampionRecord = z.object({
  v: z.literal(1),
  model: sha256,
  since: isoTime,
  /** The cycle that evaluated it: where its figures and its threshold are; null when none did. */
  cycle: z.int().nullable(),
  /** What that gate said; null when a person decided. */
  verdict: z.enum(verdicts).nullable(),
  /** Place in the succession, from 1. Not in records of older versions, like all that is optional here. */
  number: z.int().positive().optional(),
  previous: sha256.nullable().optional(),
  how: z.enum(championWays).optional(),
  /** Who decided; null for the gate. */
  by: z.string().nullable().optional(),
  reason: z.string().optional(),
})
export type ChampionRecord = z.infer<typeof ChampionRecord>
