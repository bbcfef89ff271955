import type { TeacherPrompt } from '../../roles/drafter.ts'
import { teacherModel, type MediaResolution, type Thinking } from '../../../domain/teacher-models.ts'

/** Tokens of thought for models that take a budget: the table of Google's OpenAI compatibility guide; minimal is off. */
const thinkingBudgets: Readonly<Record<Thinking, number>> = {
  minimal: 0,
  low: 1024,
  medium: 8192,
  high: 24_576,
}

export type ThinkingSetting =
  | { readonly kind: 'level'; readonly level: Thinking }
  | { readonly kind: 'budget'; readonly tokens: number }
  | { readonly kind: 'refused'; readonly allowed: readonly Thinking[] }

/** How to ask a model for this much thought, or which words it takes instead. */
export function thinkingSetting(model: string, thinking: Thinking): ThinkingSetting {
  const known = teacherModel(model)
  if (known === null) return { kind: 'level', level: thinking }
  const { thinkingLevels } = known
  if (thinkingLevels === null) return { kind: 'budget', tokens: thinkingBudgets[thinking] }
  return thinkingLevels.includes(thinking)
    ? { kind: 'level', level: thinking }
    : { kind: 'refused', allowed: thinkingLevels }
}

/** Whether a model can be told how finely to look at a picture. */
export const takesMediaResolution = (model: string): boolean => teacherModel(model)?.imageTokens !== null

/**
 * Aliases that follow the newest model, and a resolution for a single picture, exist on the beta version of the API only
 * (googleapis/js-genai release 3.0.0; ai.google.dev media-resolution guide).
 */
export const apiVersionOf = (model: string, mediaResolution: MediaResolution = 'auto'): 'v1' | 'v1beta' =>
  model.endsWith('-latest') || mediaResolution === 'ultra-high' ? 'v1beta' : 'v1'

/** The version that a prompt is asked with: the one that its config names, else the one that knows what it asks. */
export const apiVersionFor = ({
  apiVersion,
  model,
  mediaResolution,
}: Pick<TeacherPrompt, 'apiVersion' | 'model' | 'mediaResolution'>): 'v1' | 'v1beta' =>
  apiVersion ?? apiVersionOf(model, mediaResolution)

/** The same on Vertex AI, whose beta is the SDK's own default. */
export const vertexApiVersion = ({ apiVersion }: Pick<TeacherPrompt, 'apiVersion'>): 'v1' | 'v1beta1' =>
  apiVersion === 'v1' ? 'v1' : 'v1beta1'
