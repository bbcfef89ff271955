import { z } from 'zod'
import { verdicts } from '../../contracts/disagreement-kinds.ts'
import { shapeKinds } from '../../metrics/shapes.ts'
import { interval, isoTime, sha256 } from './shared.ts'

/**
 * One decision of the gate: `<project>/judgements/<testSet>/<cycle>-<challenger>-<champion>.json`. Append-only, and the one
 * place that says why a model is champion or was not taken: `activities/store/judgements.ts` reads it.
 */
export const JudgementRecord = z.object({
  v: z.literal(1),
  cycle: z.int(),
  challenger: sha256,
  /** Null for the first model, which nothing is compared with. */
  champion: sha256.nullable(),
  /** What mAP below is of: masks where the task is to segment. Not in records of older versions. */
  judgedBy: z.enum(shapeKinds).optional(),
  verdict: z.enum(verdicts),
  promoted: z.boolean(),
  /** Why it was promoted or not, in one short clause. */
  reason: z.string(),
  /** The whole verdict for people: reason, interval, size and power. */
  words: z.string(),
  /** Challenger minus champion in mAP50-95; null where the two were not compared. */
  deltaMap: interval.nullable(),
  /** Smallest true difference in mAP50-95 that this test set shows four times in five; null where nothing was compared. */
  detectable: z.number().nullable(),
  images: z.int(),
  /** Independent groups among the images: what the interval rests on. */
  groups: z.int(),
  dataset: sha256,
  manifest: sha256,
  /** SHA-256 of the sorted ids of the frozen test images. */
  testSet: sha256,
  /** Comparisons made on this test set so far, this one included; one that shares most images with it is the same set. */
  comparisons: z.int(),
  /** True when so many choices were made on the test set that it should be refreshed. */
  refreshAdvised: z.boolean(),
  judgedAt: isoTime,
})
export type JudgementRecord = z.infer<typeof JudgementRecord>

/** `cycles/<n>/gate.json`: what the cycle's gate said. Records of older versions lack the rest. */
export const GateRecord = JudgementRecord.partial({
  cycle: true,
  reason: true,
  detectable: true,
  groups: true,
  dataset: true,
  manifest: true,
  testSet: true,
  comparisons: true,
  refreshAdvised: true,
})
export type GateRecord = z.infer<typeof GateRecord>

/** `<project>/test-sets/<testSet>.json`: which images a judgement was made on. Written once. */
export const TestSetRecord = z.object({ v: z.literal(1), testSet: sha256, images: z.array(sha256) })
export type TestSetRecord = z.infer<typeof TestSetRecord>
