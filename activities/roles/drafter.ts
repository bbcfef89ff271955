import type { ImageSize } from '../../domain/box.ts'
import type { TeacherEndpoint } from '../../domain/teacher-endpoints.ts'
import type { MediaResolution, OutlineKind, Thinking } from '../../domain/teacher-models.ts'

export interface DraftRequest {
  readonly imageBytes: Uint8Array
  readonly mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
  /** Where the vendor has the same picture already; left out: the bytes are sent. */
  readonly fileUri?: string
  readonly size: ImageSize
  readonly prompt: TeacherPrompt
  readonly signal?: AbortSignal
}

/** What the teacher is asked: part of the prompt version. */
export interface TeacherPrompt {
  readonly text: string
  /** Class names in the order of the config: the enum of the enforced schema. Null: any words. */
  readonly classes: readonly string[] | null
  readonly model: string
  readonly thinking: Thinking
  readonly maxOutputTokens: number
  /** Left out: `auto`. */
  readonly mediaResolution?: MediaResolution
  /** Left out: boxes only. */
  readonly outlines?: OutlineKind
  /** Makes several answers to one question differ; best effort. */
  readonly seed?: number
  /** Left out: the version that knows what is asked. Never part of the prompt version. */
  readonly apiVersion?: 'v1' | 'v1beta'
}

export interface TokenUsage {
  readonly prompt: number
  readonly output: number
  readonly thoughts: number
}

/** One answer, unparsed. Reading boxes out of `text` is `domain/formats/gemini/`. An error is thrown, never returned as "nothing". */
export type TeacherReply = {
  readonly usage: TokenUsage
  readonly modelVersion: string | null
  readonly responseId: string | null
  /** The vendor's whole answer, to be kept beside the draft and parsed again for free. */
  readonly raw: unknown
} & (
  | { readonly kind: 'text'; readonly text: string; readonly finish: 'stop' | 'cut' }
  | { readonly kind: 'blocked'; readonly reason: string }
  /** Paid for, and nothing to read in it: no candidate, no text. */
  | { readonly kind: 'unusable'; readonly reason: string }
)

/** Identity of a teacher: part of the prompt version, as far as drafts differ by it. Never a port or a key. */
export interface TeacherIdentity {
  readonly vendor: 'gemini'
  readonly endpoint: TeacherEndpoint
  /** Set: through Vertex AI, where there are no batch jobs and no uploads. */
  readonly platform?: 'vertex'
}

/** The model that drafts. Failures are `AdapterError`s with a Teacher… code. */
export interface Drafter {
  readonly identity: TeacherIdentity
  draft(request: DraftRequest): Promise<TeacherReply>
  /** Looks the model up, which is free and proves the key; resolves to its name. */
  check(model: string): Promise<string>
}
