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

export interface CallSize {
  readonly model: string
  /** Longer side of the picture that is sent, pixels. */
  readonly imageSize: number
  /** Letters of everything that is sent beside the picture. */
  readonly textLength: number
  readonly maxOutputTokens: number
}

/** 3.x models take 1120 tokens for a picture of any size; 2.x models 258 for each tile of 768 pixels (Gemini API, image understanding). */
function imageTokens({ model, imageSize }: CallSize): number {
  if (!model.startsWith('gemini-2')) return 1120
  return 258 * Math.max(1, Math.ceil(imageSize / 768) ** 2)
}

/** Letters a token at the least: four for English, about one for Chinese. */
const lettersPerToken = 1

/** Most that one call can cost, USD: all output tokens used up, and a token for every letter of the prompt. */
export const worstCaseCallUsd = (size: CallSize, price: TokenPrice): number =>
  callUsd(
    {
      prompt: imageTokens(size) + Math.ceil(size.textLength / lettersPerToken),
      output: size.maxOutputTokens,
      thoughts: 0,
    },
    price,
  )
