import { z } from 'zod'
import { disagreementKinds } from '../../contracts/disagreement-kinds.ts'
import { cycleModes, cycleOutcomes } from '../../contracts/phases.ts'
import { confusionCells, curvePoints, reviewEdits, sizeFigures } from './evaluation-details.ts'
import { interval, isoTime, sha256, StoredBox } from './shared.ts'

/** `cycles/<n>/cycle.json`: claims the number. */
export const CycleRecord = z.object({
  v: z.literal(1),
  cycle: z.int(),
  mode: z.enum(cycleModes),
  configHash: sha256,
  /** First run of the Temporal workflow: what makes claiming idempotent. */
  runId: z.string(),
  startedAt: isoTime,
})
export type CycleRecord = z.infer<typeof CycleRecord>

/** `cycles/<n>/outcome.json` */
export const CycleOutcomeRecord = z.object({
  v: z.literal(1),
  cycle: z.int(),
  outcome: z.enum(cycleOutcomes),
  endedAt: isoTime,
  summary: z.record(z.string(), z.union([z.number(), z.string()])),
})
export type CycleOutcomeRecord = z.infer<typeof CycleOutcomeRecord>

/** F1 at IoU 0.5 and edits an image (add, delete, move, relabel): the only figures in which teacher and student are compared. */
const effort = z.object({
  f1: interval,
  precision: z.number(),
  recall: z.number(),
  editsPerImage: interval,
  byClass: z.record(
    z.string(),
    z.object({
      f1: z.number(),
      precision: z.number(),
      recall: z.number(),
      boxes: z.int(),
      /** Not in records of older versions. */
      right: z.int().optional(),
      wrong: z.int().optional(),
      missed: z.int().optional(),
    }),
  ),
})

const averagePrecision = z.object({
  map50: interval,
  map: interval,
  byClass: z.record(z.string(), z.object({ ap50: z.number(), ap: z.number(), boxes: z.int() })),
  /** Not in records of older versions, like all that is optional here. */
  bySize: z.object({ small: sizeFigures, medium: sizeFigures, large: sizeFigures }).optional(),
  curve: curvePoints.optional(),
})

/** `cycles/<n>/evaluation.json`: on the reviewed test images; the student's threshold is fixed on validation images. */
export const EvaluationRecord = z.object({
  v: z.literal(1),
  model: sha256,
  manifest: sha256,
  testImages: z.int(),
  valImages: z.int(),
  threshold: z.number(),
  student: effort,
  /** Null when there are no drafts of these images. */
  teacher: effort.extend({ simulated: z.boolean(), images: z.int() }).nullable(),
  /** COCO average precision; scored models only. */
  studentAp: averagePrecision,
  /** The same of masks; null where the task is to detect. */
  studentMaskAp: averagePrecision.nullable().optional(),
  /** The student at its threshold, the teacher with all it said. */
  confusion: z.object({ student: confusionCells, teacher: confusionCells.nullable() }).optional(),
  /** Null before anybody reviewed a draft. */
  edits: reviewEdits.nullable().optional(),
})
export type EvaluationRecord = z.infer<typeof EvaluationRecord>

/** One line of `cycles/<n>/disagreements.jsonl`: an image with everything on which the two differ. */
export const DisagreementLine = z.object({
  image: sha256,
  width: z.int(),
  height: z.int(),
  /** Expected number of label errors, and the same per second of review time: the ranking. */
  expectedErrors: z.number(),
  perSecond: z.number(),
  disagreements: z.array(
    z.object({
      kind: z.enum(disagreementKinds),
      teacher: StoredBox.nullable(),
      student: StoredBox.nullable(),
      iou: z.number().nullable(),
      /** This difference's part of `expectedErrors`. */
      weight: z.number(),
    }),
  ),
})
export type DisagreementLine = z.infer<typeof DisagreementLine>

/** `cycles/<n>/comparison.json` */
export const ComparisonRecord = z.object({
  v: z.literal(1),
  model: sha256,
  /** Images the model was run on: where its boxes for a routed draft come from. */
  manifest: sha256,
  promptVersion: sha256,
  simulated: z.boolean(),
  /** The student's operating threshold: the counts below leave out what it says with less; the lines do not. */
  threshold: z.number(),
  images: z.int(),
  imagesWithDisagreement: z.int(),
  byKind: z.partialRecord(z.enum(disagreementKinds), z.int()),
  rate: z.number(),
})
export type ComparisonRecord = z.infer<typeof ComparisonRecord>
