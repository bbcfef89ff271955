import type { GeminiSchema } from '../../domain/formats/gemini/schema.ts'
import type { DraftRequest, TeacherIdentity, TeacherPrompt, TeacherReply } from './drafter.ts'

export interface QuestionRequest extends Pick<TeacherPrompt, 'model' | 'thinking' | 'maxOutputTokens'> {
  readonly pictures: readonly Pick<DraftRequest, 'imageBytes' | 'mimeType' | 'fileUri'>[]
  readonly text: string
  /** The enforced shape of the answer; null: whatever the model writes. */
  readonly schema: GeminiSchema | null
  /** The answer is JSON, with a schema or without. */
  readonly json: boolean
  readonly signal: AbortSignal
}

/** The teacher asked something other than for a draft. Failures are `AdapterError`s with a Teacher… code. */
export interface Questioner {
  readonly identity: TeacherIdentity
  ask(request: QuestionRequest): Promise<TeacherReply>
}
