import { z } from 'zod'

const milliseconds = z.int().min(0).max(600_000)

/** Faults that are answered without a reply of the model: the call costs nothing. */
const TransportFault = z.discriminatedUnion('kind', [
  /**
   * 429 of the minute's quota of requests, or of input tokens; with a RetryInfo, a Retry-After header, both or neither; its
   * body as it is, in a list, or quoted in the message of another body.
   */
  z.object({
    kind: z.literal('rate-limit'),
    retryInfoSeconds: z.number().optional(),
    retryAfter: z.string().optional(),
    quota: z.enum(['requests', 'input-tokens']).optional(),
    body: z.enum(['list', 'quoted']).optional(),
  }),
  z.object({ kind: z.literal('daily-quota') }),
  z.object({ kind: z.literal('status'), code: z.int().min(400).max(599) }),
  z.object({ kind: z.literal('html-502') }),
  z.object({ kind: z.literal('invalid-key') }),
  z.object({ kind: z.literal('suspended-key') }),
  /** The connection is dropped before anything is answered. */
  z.object({ kind: z.literal('reset') }),
  /** Nothing is ever answered. */
  z.object({ kind: z.literal('hang') }),
])

/** Faults on the way back of a reply that is billed. */
const DeliveryFault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('latency'), ms: milliseconds }),
  /** Half of the body, and the rest after so long. */
  z.object({ kind: z.literal('slow-body'), ms: milliseconds }),
  z.object({ kind: z.literal('broken-json') }),
  z.object({ kind: z.literal('reset-in-body') }),
])

/** Faults instead of the model's text. */
const AnswerFault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prompt-blocked'), reason: z.string().default('PROHIBITED_CONTENT') }),
  z.object({ kind: z.literal('ended'), finishReason: z.string() }),
  z.object({ kind: z.literal('no-candidates') }),
  z.object({ kind: z.literal('empty-parts') }),
  /** MAX_TOKENS, or another end, after this share of the text; 0 leaves no text at all. */
  z.object({
    kind: z.literal('cut'),
    keep: z.number().min(0).max(1).default(0.6),
    finishReason: z.string().optional(),
  }),
  z.object({ kind: z.literal('number-loop') }),
  z.object({ kind: z.literal('refusal') }),
  /** Another model than the one that was asked for answers, as after a shutdown. */
  z.object({ kind: z.literal('other-model'), model: z.string() }),
])

/** Faults in the model's text. */
const TextFault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fenced') }),
  z.object({ kind: z.literal('prose') }),
  z.object({ kind: z.literal('wrapped') }),
  z.object({ kind: z.literal('box-loop'), times: z.int().min(2).max(10_000).default(500) }),
  z.object({ kind: z.literal('swapped-axes') }),
  z.object({ kind: z.literal('inverted') }),
  /** All coordinates in another scale: `to` 1 for fractions, 4000 for pixels of a large picture. */
  z.object({ kind: z.literal('other-scale'), to: z.number().positive() }),
  z.object({ kind: z.literal('wild-number') }),
  /** Masks, where masks are asked for, in segmentation tokens that nobody can decode. */
  z.object({ kind: z.literal('seg-tokens') }),
  z.object({ kind: z.literal('broken-mask') }),
  /** Polygons with y first; polygons that are somewhere else. */
  z.object({ kind: z.literal('swapped-outlines') }),
  z.object({ kind: z.literal('stray-outlines') }),
  z.object({ kind: z.literal('unknown-label'), label: z.string().default('artefact') }),
])

/** Faults of a whole job of the Batch API. They are played when a job is created; the others are played by its items. */
const BatchFault = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('batch-failed') }),
  z.object({ kind: z.literal('batch-expired') }),
  /** It never leaves the queue. */
  z.object({ kind: z.literal('batch-stuck') }),
  /** The job is taken, and the connection drops before the answer. */
  z.object({ kind: z.literal('batch-answer-lost') }),
])

/** Faults of the Files API, played when an upload has come to its end, the last one when a file is deleted. */
const FileFault = z.discriminatedUnion('kind', [
  /** PROCESSING for so long. */
  z.object({ kind: z.literal('file-processing'), ms: milliseconds }),
  z.object({ kind: z.literal('file-failed') }),
  /** Gone at once, as others are after 48 hours. */
  z.object({ kind: z.literal('file-expired') }),
  /** The file is there, and the connection drops before the answer. */
  z.object({ kind: z.literal('file-answer-lost') }),
  z.object({ kind: z.literal('file-delete-refused') }),
])

const families = [TransportFault, DeliveryFault, AnswerFault, TextFault, BatchFault, FileFault] as const
const Fault = z.union(families)
/** Every fault there is. */
export const faultKinds: readonly Fault['kind'][] = families.flatMap(({ options }) =>
  options.map(({ shape }) => shape.kind.value),
)
export type FileFault = z.infer<typeof FileFault>
export type BatchFault = z.infer<typeof BatchFault>
export type TransportFault = z.infer<typeof TransportFault>
export type DeliveryFault = z.infer<typeof DeliveryFault>
export type AnswerFault = z.infer<typeof AnswerFault>
export type TextFault = z.infer<typeof TextFault>
export type Fault = z.infer<typeof Fault>

/** `POST /_control/faults`: replaces the script. */
export const FaultScript = z.object({
  faults: z.array(
    z.object({
      /** Every call, the nth call since the last reset (from 1), or calls for an image (SHA-256 or file name). */
      match: z.union([
        z.literal('all'),
        z.object({ call: z.int().min(1) }),
        z.object({ image: z.string().min(1) }),
      ]),
      /** Played so often, then no more. Left out: for ever. */
      times: z.int().min(1).optional(),
      fault: Fault,
    }),
  ),
})
export type FaultScript = z.infer<typeof FaultScript>

/** True for what one call of the model can play; the others are a job's or a file's. */
export const isCallFault = (fault: Fault): boolean => !isBatchFault(fault) && !isFileFault(fault)

export const isFileFault = (fault: Fault): fault is FileFault => fault.kind.startsWith('file-')

export const isBatchFault = (fault: Fault): fault is BatchFault => fault.kind.startsWith('batch-')

/** A fault, sorted by where in a call it is played. */
export interface StagedFault {
  readonly transport: TransportFault | null
  readonly delivery: DeliveryFault | null
  readonly answer: AnswerFault | null
  readonly text: TextFault | null
}

export const stagedFault = (fault: Fault | null): StagedFault => ({
  transport: TransportFault.safeParse(fault).data ?? null,
  delivery: DeliveryFault.safeParse(fault).data ?? null,
  answer: AnswerFault.safeParse(fault).data ?? null,
  text: TextFault.safeParse(fault).data ?? null,
})
