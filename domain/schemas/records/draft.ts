import { z } from 'zod'
import { teacherEndpoints } from '../../teacher-endpoints.ts'
import { mediaResolutions, outlineKinds } from '../../teacher-models.ts'
import { isoTime, sha256, StoredBox } from './shared.ts'

/** One teacher answer for one image under one prompt version. Errors are attempts, never drafts. */
export const DraftRecord = z.object({
  v: z.literal(1),
  image: sha256,
  promptVersion: sha256,
  status: z.enum(['ok', 'partial', 'blocked']),
  boxes: z.array(StoredBox),
  /** What was wrong with the reply: cut, fenced, unknown label, box out of range… Kept for the reviewer and the ranking. */
  faults: z.array(z.object({ kind: z.string(), detail: z.string() })),
  blockReason: z.string().nullable(),
  teacher: z.object({
    vendor: z.literal('gemini'),
    endpoint: z.enum(teacherEndpoints),
    model: z.string(),
    modelVersion: z.string().nullable(),
  }),
  usage: z.object({ prompt: z.int(), output: z.int(), thoughts: z.int() }),
  usd: z.number(),
  callId: z.string(),
  createdAt: isoTime,
  /** How long its calls took, added up; left out: a job's answer, which is nobody's waiting. */
  seconds: z.number().min(0).optional(),
})
export type DraftRecord = z.infer<typeof DraftRecord>

/** The answer to one call of a draft that takes several: `<project>/draft-parts/<promptVersion>/<image>/<number>.json`. */
export const DraftPartRecord = DraftRecord.extend({ part: z.int().min(0) })
export type DraftPartRecord = z.infer<typeof DraftPartRecord>

/** What a prompt version stands for: `<project>/drafts/<promptVersion>/_prompt.json`. */
export const PromptRecord = z.object({
  v: z.literal(1),
  promptVersion: sha256,
  vendor: z.literal('gemini'),
  endpoint: z.enum(teacherEndpoints),
  model: z.string(),
  thinking: z.string(),
  text: z.string(),
  classes: z.array(z.string()),
  imageSize: z.int(),
  /** As they stand in the config, for people: all of it is in `text`, too. */
  instruction: z.string().optional(),
  described: z
    .array(z.object({ name: z.string(), description: z.string(), prompt: z.string().optional() }))
    .optional(),
  /** Left out: boxes only, the model's own resolution, one question, one tile, one sample. */
  outlines: z.enum(outlineKinds).optional(),
  mediaResolution: z.enum(mediaResolutions).optional(),
  /** Texts of the further questions. */
  questions: z.array(z.string()).optional(),
  tiles: z.int().optional(),
  samples: z.int().optional(),
})
export type PromptRecord = z.infer<typeof PromptRecord>

/** `<project>/drafts/<promptVersion>/_trial.json`: the version was tried out and never taken into use. */
export const PromptTrial = z.object({ v: z.literal(1), cycle: z.int() })
export type PromptTrial = z.infer<typeof PromptTrial>

/** One paid call: `<project>/ledger/<date>/<callId>.json`. */
export const LedgerEntry = z.object({
  v: z.literal(1),
  callId: z.string(),
  at: isoTime,
  /** A question of `ask` belongs to no cycle, no prompt version and no image of the project. */
  kind: z.enum(['draft', 'question']),
  cycle: z.int().nullable(),
  image: sha256.nullable(),
  promptVersion: sha256.nullable(),
  model: z.string(),
  endpoint: z.enum(teacherEndpoints),
  tokens: z.object({ prompt: z.int(), output: z.int(), thoughts: z.int() }),
  usd: z.number(),
  /** True for an answer of a batch job, which is billed at a share of the list price. */
  batch: z.boolean().optional(),
})
export type LedgerEntry = z.infer<typeof LedgerEntry>

const draftCounts = z.object({
  ok: z.int(),
  partial: z.int(),
  blocked: z.int(),
  usd: z.number(),
  tokens: z.int(),
})

/** `cycles/<n>/drafting/<chunk>.jobs.json`: the batch jobs that a chunk was handed in as, and what became of each. */
export const DraftBatchRecord = z.object({
  v: z.literal(1),
  promptVersion: sha256,
  model: z.string(),
  /** When the jobs were planned: their bills belong to this day. Left out: to the day on which they are read. */
  plannedAt: isoTime.optional(),
  /** Images that the day's budget had no room for: left for later. */
  heldBack: z.int().min(0).optional(),
  jobs: z.array(
    z.object({
      /** Ours, made of the images: a job whose submission was not recorded is found again by it. */
      name: z.string(),
      images: z.array(sha256).min(1),
      /** The vendor's name; null until it is submitted. */
      job: z.string().nullable(),
      /** Null while it runs. */
      ended: z
        .object({
          state: z.enum(['answered', 'failed', 'expired', 'cancelled', 'gone', 'not-submitted']),
          reason: z.string().nullable(),
          counts: draftCounts,
          left: z.array(sha256),
          failures: z.array(z.object({ image: sha256, code: z.string() })),
        })
        .nullable(),
    }),
  ),
})
export type DraftBatchRecord = z.infer<typeof DraftBatchRecord>
