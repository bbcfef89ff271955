import { z } from 'zod'
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
    endpoint: z.enum(['google', 'simulated', 'custom']),
    model: z.string(),
    modelVersion: z.string().nullable(),
  }),
  usage: z.object({ prompt: z.int(), output: z.int(), thoughts: z.int() }),
  usd: z.number(),
  callId: z.string(),
  createdAt: isoTime,
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
  endpoint: z.enum(['google', 'simulated', 'custom']),
  model: z.string(),
  thinking: z.string(),
  text: z.string(),
  classes: z.array(z.string()),
  imageSize: z.int(),
  /** Left out: boxes only, the model's own resolution, one question, one tile, one sample. */
  outlines: z.enum(outlineKinds).optional(),
  mediaResolution: z.enum(mediaResolutions).optional(),
  /** Texts of the further questions. */
  questions: z.array(z.string()).optional(),
  tiles: z.int().optional(),
  samples: z.int().optional(),
})
export type PromptRecord = z.infer<typeof PromptRecord>

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
  endpoint: z.enum(['google', 'simulated', 'custom']),
  tokens: z.object({ prompt: z.int(), output: z.int(), thoughts: z.int() }),
  usd: z.number(),
})
export type LedgerEntry = z.infer<typeof LedgerEntry>
