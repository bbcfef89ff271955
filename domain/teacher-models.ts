export const thinkingWords = ['minimal', 'low', 'medium', 'high'] as const
export type Thinking = (typeof thinkingWords)[number]

/** How finely a picture is looked at. `auto`: as the model does when nothing is said. */
export const mediaResolutions = ['auto', 'low', 'medium', 'high', 'ultra-high'] as const
export type MediaResolution = (typeof mediaResolutions)[number]

/** How a model draws outlines: `masks`, PNGs with a probability for each pixel of the box; `polygons`, lists of points. */
export const outlineKinds = ['masks', 'polygons'] as const
export type OutlineKind = (typeof outlineKinds)[number]

/** What a model takes. Sending a setting that it does not know is an error of the request, for every image. */
export interface TeacherModel {
  /** Models whose name starts with this; the longest fitting prefix wins. */
  readonly prefix: string
  /** Levels that `thinkingLevel` takes; null: the model takes a `thinkingBudget` in tokens instead. */
  readonly thinkingLevels: readonly Thinking[] | null
  /** Sent when not null: newer models deprecate it, older ones loop less with it. */
  readonly temperature: number | null
  /** Tokens of a picture by resolution; null: 258 for each tile of 768 pixels, and no resolution can be chosen. */
  readonly imageTokens: Readonly<Record<MediaResolution, number>> | null
  readonly outlines: OutlineKind
  /** Where this is said. */
  readonly source: string
}

const all = thinkingWords
const notMinimal: readonly Thinking[] = ['low', 'medium', 'high']

/** ai.google.dev media-resolution guide. `ultra-high` can be asked for a single picture only, not for a request. */
const perPicture = { auto: 1120, low: 280, medium: 560, high: 1120, 'ultra-high': 2240 } as const

/**
 * The 3.x line draws no masks (release notes; discuss.ai.google.dev/t/146559 tells of polygons instead); 2.5 does
 * (ai.google.dev image-understanding, segmentation).
 */
const newer = { temperature: null, imageTokens: perPicture, outlines: 'polygons' } as const

/** The one table of what models take; anything that is said about a model elsewhere is read from here. */
const models: readonly TeacherModel[] = [
  { prefix: 'gemini-4', thinkingLevels: notMinimal, ...newer, source: 'resellers of 4-argon' },
  { prefix: 'gemini-3.8', thinkingLevels: notMinimal, ...newer, source: 'roboflow/inference PR 2912' },
  { prefix: 'gemini-3.7', thinkingLevels: notMinimal, ...newer, source: 'kiss-translator issue 1048' },
  { prefix: 'gemini-3.6', thinkingLevels: all, ...newer, source: 'google/xrblocks PR 474' },
  { prefix: 'gemini-3.5', thinkingLevels: all, ...newer, source: 'ai.google.dev whats-new-gemini-3.5' },
  { prefix: 'gemini-3', thinkingLevels: all, ...newer, source: 'ai.google.dev thinking guide' },
  {
    prefix: 'gemini-robotics-er',
    thinkingLevels: all,
    ...newer,
    source: 'discuss.ai.google.dev/t/146559; built on 3.5 Flash',
  },
  {
    prefix: 'gemini-2.5',
    thinkingLevels: null,
    temperature: 0.5,
    imageTokens: null,
    outlines: 'masks',
    source: 'google-gemini/cookbook Spatial_understanding.ipynb; roboflow/vlm-exam providers/google.py',
  },
]

/** What is known of a model; null for one that is newer than this table: then the server decides. */
export function teacherModel(model: string): TeacherModel | null {
  const fitting = models.filter(({ prefix }) => model.startsWith(prefix))
  return fitting.toSorted((a, b) => b.prefix.length - a.prefix.length)[0] ?? null
}

/** Tokens of one picture; `longestSide` in pixels as sent. A model that is not known counts as one of the newer ones. */
export function imageTokensOf(model: string, resolution: MediaResolution, longestSide: number): number {
  const table = teacherModel(model)?.imageTokens
  if (table === null) return 258 * Math.max(1, Math.ceil(longestSide / 768) ** 2)
  return (table ?? perPicture)[resolution]
}

/** True when the model that answered is the one that was asked for, or a dated or numbered version of it. An alias is any. */
export const isVersionOf = (answered: string, asked: string): boolean =>
  asked.endsWith('-latest') ||
  answered === asked ||
  (answered.startsWith(`${asked}-`) && /^(\d|preview|exp)/.test(answered.slice(asked.length + 1)))
