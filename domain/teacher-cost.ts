import { imageTokensOf, type MediaResolution, type Thinking } from './teacher-models.ts'

/** USD per million tokens. */
export interface TokenPrice {
  readonly input: number
  readonly output: number
}

/** Thought is billed as output. USD. */
export const callUsd = (
  usage: { readonly prompt: number; readonly output: number; readonly thoughts: number },
  price: TokenPrice,
): number => (usage.prompt * price.input + (usage.output + usage.thoughts) * price.output) / 1_000_000

/** Tokens of thought that a 3.x model spends on a picture at each level, about (roboflow/vlm-exam, October 2026). */
export const usualThoughts: Readonly<Record<Thinking, number>> = {
  minimal: 0,
  low: 250,
  medium: 900,
  high: 2800,
}

export interface CallSize {
  readonly model: string
  /** Longer side of the picture that is sent, pixels. */
  readonly imageSize: number
  readonly mediaResolution: MediaResolution
  /** Letters of everything that is sent beside the picture. */
  readonly textLength: number
  readonly maxOutputTokens: number
}

/** Letters a token at the least: four for English, about one for Chinese. */
const lettersPerToken = 1

/** English; the mean over the prompts of a project is near it. */
const usualLettersPerToken = 4

/** Tokens of a request, about: those of the picture and of the text beside it. */
export const usualPromptTokens = ({
  model,
  imageSize,
  mediaResolution,
  textLength,
}: Omit<CallSize, 'maxOutputTokens'>): number =>
  imageTokensOf(model, mediaResolution, imageSize) + Math.ceil(textLength / usualLettersPerToken)

/** Most that one call can cost, USD: all output tokens used up, and a token for every letter of the prompt. */
export const worstCaseCallUsd = (size: CallSize, price: TokenPrice): number =>
  callUsd(
    {
      prompt:
        imageTokensOf(size.model, size.mediaResolution, size.imageSize) +
        Math.ceil(size.textLength / lettersPerToken),
      output: size.maxOutputTokens,
      thoughts: 0,
    },
    price,
  )
