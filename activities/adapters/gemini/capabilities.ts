import type { TeacherPrompt } from '../../roles/drafter.ts'

type Thinking = TeacherPrompt['thinking']

/** What a model takes. Sending a setting that it does not know is an error of the request, for every image. */
export interface ModelCapability {
  /** Models whose name starts with this; the longest fitting prefix wins. */
  readonly prefix: string
  /** Levels that `thinkingLevel` takes; null: the model takes a `thinkingBudget` in tokens instead. */
  readonly thinkingLevels: readonly Thinking[] | null
  /** Sent when not null: newer models deprecate it, older ones loop less with it. */
  readonly temperature: number | null
  /** Where this is said. */
  readonly source: string
}

const all: readonly Thinking[] = ['minimal', 'low', 'medium', 'high']
const notMinimal: readonly Thinking[] = ['low', 'medium', 'high']

const capabilities: readonly ModelCapability[] = [
  { prefix: 'gemini-4', thinkingLevels: notMinimal, temperature: null, source: 'resellers of 4-argon' },
  {
    prefix: 'gemini-3.8',
    thinkingLevels: notMinimal,
    temperature: null,
    source: 'roboflow/inference PR 2912',
  },
  {
    prefix: 'gemini-3.7',
    thinkingLevels: notMinimal,
    temperature: null,
    source: 'kiss-translator issue 1048',
  },
  { prefix: 'gemini-3.6', thinkingLevels: all, temperature: null, source: 'google/xrblocks PR 474' },
  {
    prefix: 'gemini-3.5',
    thinkingLevels: all,
    temperature: null,
    source: 'ai.google.dev whats-new-gemini-3.5',
  },
  { prefix: 'gemini-3', thinkingLevels: all, temperature: null, source: 'ai.google.dev thinking guide' },
  {
    prefix: 'gemini-2.5',
    thinkingLevels: null,
    temperature: 0.5,
    source: 'google-gemini/cookbook Spatial_understanding.ipynb; roboflow/vlm-exam providers/google.py',
  },
]

/** Tokens of thought for models that take a budget: the table of Google's OpenAI compatibility guide; minimal is off. */
const thinkingBudgets: Readonly<Record<Thinking, number>> = {
  minimal: 0,
  low: 1024,
  medium: 8192,
  high: 24_576,
}

/** What is known of a model; null for one that is newer than this table: then the server decides. */
export function capabilityOf(model: string): ModelCapability | null {
  const fitting = capabilities.filter(({ prefix }) => model.startsWith(prefix))
  return fitting.toSorted((a, b) => b.prefix.length - a.prefix.length)[0] ?? null
}

export type ThinkingSetting =
  | { readonly kind: 'level'; readonly level: Thinking }
  | { readonly kind: 'budget'; readonly tokens: number }
  | { readonly kind: 'refused'; readonly allowed: readonly Thinking[] }

/** How to ask a model for this much thought, or which words it takes instead. */
export function thinkingSetting(model: string, thinking: Thinking): ThinkingSetting {
  const capability = capabilityOf(model)
  if (capability === null) return { kind: 'level', level: thinking }
  const { thinkingLevels } = capability
  if (thinkingLevels === null) return { kind: 'budget', tokens: thinkingBudgets[thinking] }
  return thinkingLevels.includes(thinking)
    ? { kind: 'level', level: thinking }
    : { kind: 'refused', allowed: thinkingLevels }
}

/** Aliases that follow the newest model exist on the beta version of the API only. */
export const apiVersionOf = (model: string): string => (model.endsWith('-latest') ? 'v1beta' : 'v1')
