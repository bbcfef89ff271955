import { z } from 'zod'
import { championWays, verdicts } from '../../contracts/disagreement-kinds.ts'
import { tasks } from '../../contracts/tasks.ts'
import { trainers } from '../../contracts/trainers.ts'
import { isoTime, sha256 } from './shared.ts'
import { BaseWeights } from './training-plan.ts'

/** Only this trainer, and only boxes, were known when records did not name either. */
const firstTrainer = { name: 'ultralytics', version: 'not recorded', recipe: 1 } as const

/**
 * `<project>/models/<hash>/model.json`: written after validation; without it the model is not registered. What is optional or
 * has a default is not in records of older versions.
 */
export const ModelRecord = z.object({
  v: z.literal(1),
  /** SHA-256 of `model.onnx`. */
  model: sha256,
  dataset: sha256,
  trainKey: sha256,
  /** The champion it was fine-tuned from; null: none. */
  parent: sha256.nullable(),
  task: z.enum(tasks).default('detect'),
  /** Who trained it; `recipe` counts changes of the arguments that no config sets. */
  trainer: z.object({ name: z.enum(trainers), version: z.string(), recipe: z.int() }).default(firstTrainer),
  classes: z.array(z.string()),
  imageSize: z.object({ width: z.int(), height: z.int() }),
  trainedImages: z.int(),
  /** As planned: what `trainKey` is the hash of, together with dataset and trainer. */
  arguments: z.object({
    architecture: z.string(),
    /** Weights of somebody else's that it began with; the bytes lie in the store under this hash. */
    baseWeights: BaseWeights.nullable().default(null),
    imageSize: z.int(),
    epochs: z.int(),
    batch: z.int(),
    learningRate: z.number(),
    seed: z.int(),
  }),
  /** Said to people: from the champion, from which weights, or why from scratch. */
  startedFrom: z.string().optional(),
  /** Images a step that fitted into memory: half of `arguments.batch` when the planned ones did not. */
  ranWithBatch: z.int().optional(),
  /** True when the trainer died on the way and went on from a checkpoint: such a run is not repeated to the last digit. */
  resumed: z.boolean().optional(),
  /** Every argument the trainer was called with, folders of the machine left out. */
  command: z.array(z.string()).optional(),
  /** Versions of everything that had a part in it, by package. */
  packages: z.record(z.string(), z.string()),
  /** What it ran on: system, processor, and the device that trained. */
  platform: z
    .object({ system: z.string(), processor: z.string(), device: z.string(), python: z.string() })
    .optional(),
  /** This program; null: not in a git checkout. */
  understudy: z.object({ version: z.string(), commit: z.string().nullable() }).optional(),
  seconds: z.number(),
  createdAt: isoTime,
  /**
   * How the exported file was held against the trainer's own runtime on one image: boxes, and the largest differences in pixels
   * and score. Null: the trainer did not tell what it finds.
   */
  checked: z
    .object({ image: sha256, boxes: z.int(), pixels: z.number(), score: z.number() })
    .nullable()
    .optional(),
})
export type ModelRecord = z.infer<typeof ModelRecord>

/** Name of the learning curve beside `model.onnx`: CSV, one row an epoch, the trainer's own columns. */
export const curveFile = 'training.csv'

/** Name of what the trainer's own runtime says of one image, beside `model.onnx`: a `ReferenceRecord`. */
export const referenceFile = 'reference.json'

/** `<project>/trainings/<trainKey>.json`: the finished training, registered or not. */
export const TrainingRecord = ModelRecord.omit({ classes: true, imageSize: true, checked: true })
  .required({
    startedFrom: true,
    ranWithBatch: true,
    resumed: true,
    command: true,
    platform: true,
    understudy: true,
  })
  .extend({ epochs: z.int() })
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
