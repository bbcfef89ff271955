import { randomUUID } from 'node:crypto'

/** A reply's list entry in Gemini's own frame. */
export interface Detection {
  readonly box_2d: readonly number[]
  readonly label: string
  /** A PNG as a data URI, as 2.5 answers. */
  readonly mask?: string
  /** Points, x first, as later models answer. */
  readonly polygon?: readonly (readonly number[])[]
}

export interface Usage {
  readonly imageTokens: number
  readonly textTokens: number
  readonly outputTokens: number
  readonly thoughtTokens: number
}

const tokensByResolution: Readonly<Record<string, number>> = {
  LOW: 280,
  MEDIUM: 560,
  HIGH: 1120,
  ULTRA_HIGH: 2240,
}

/** What an image costs the 3.x models at a `MEDIA_RESOLUTION_…`; without one, as at HIGH. */
export const tokensPerImage = (resolution: string | undefined): number =>
  tokensByResolution[resolution?.replace('MEDIA_RESOLUTION_', '') ?? 'HIGH'] ?? 1120

/** Four letters a token is Google's rule of thumb for English. */
export const textTokens = (text: string): number => Math.ceil(text.length / 4)

/** Digits are tokens of their own: a detection of 48 characters takes about 40. */
const tokensPerCharacter = 0.8

export const jsonTokens = (text: string): number => Math.ceil(text.length * tokensPerCharacter)

/** The beginning of a JSON text that fits into so many tokens. */
export const fitting = (text: string, tokens: number): string =>
  text.slice(0, Math.floor(Math.max(0, tokens) / tokensPerCharacter))

const thoughtsByLevel: Readonly<Record<string, number>> = { MINIMAL: 0, LOW: 250, MEDIUM: 900, HIGH: 2800 }

/** Made-up tokens of thought: a level's mean, half as many to one and a half times as many. */
export const thoughtTokens = (
  level: string | undefined,
  budget: number | undefined,
  random: () => number,
): number =>
  Math.round(Math.min(budget ?? Infinity, thoughtsByLevel[level ?? 'MEDIUM'] ?? 900) * (0.5 + random()))

export const usageMetadata = ({ imageTokens, textTokens, outputTokens, thoughtTokens }: Usage) => ({
  promptTokenCount: imageTokens + textTokens,
  ...(outputTokens === 0 ? {} : { candidatesTokenCount: outputTokens }),
  ...(thoughtTokens === 0 ? {} : { thoughtsTokenCount: thoughtTokens }),
  totalTokenCount: imageTokens + textTokens + outputTokens + thoughtTokens,
  promptTokensDetails: [
    ...(imageTokens === 0 ? [] : [{ modality: 'IMAGE', tokenCount: imageTokens }]),
    { modality: 'TEXT', tokenCount: textTokens },
  ],
})

/** A `GenerateContentResponse` with one candidate; without text it has no parts. */
export const contentResponse = (model: string, text: string | null, finishReason: string, usage: Usage) => ({
  candidates: [
    {
      ...(text === null ? {} : { content: { role: 'model', parts: [{ text }] } }),
      finishReason,
      index: 0,
    },
  ],
  usageMetadata: usageMetadata(usage),
  modelVersion: model,
  responseId: randomUUID(),
})

/** The answer to a prompt that is refused as a whole: no candidate, and the prompt is billed. */
export const blockedResponse = (model: string, blockReason: string, usage: Usage) => ({
  promptFeedback: { blockReason },
  usageMetadata: usageMetadata({ ...usage, outputTokens: 0, thoughtTokens: 0 }),
  modelVersion: model,
  responseId: randomUUID(),
})
