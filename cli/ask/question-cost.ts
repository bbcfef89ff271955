import type { Question } from '../../domain/formats/gemini/question.ts'
import { questionSchema, questionText } from '../../domain/formats/gemini/question.ts'
import { callUsd, usualThoughts, worstCaseCallUsd, type TokenPrice } from '../../domain/teacher-cost.ts'
import { imageTokensOf, type Thinking } from '../../domain/teacher-models.ts'
import { usd } from '../cycle/progress-text.ts'

export interface QuestionCost {
  readonly calls: number
  readonly tokens: number
  /** Null when the price of the model is not known. */
  readonly usd: number | null
  readonly worstCaseUsdPerCall: number
}

/** Tokens of an answer that names a dozen things on a picture. */
const answerTokens: Readonly<Record<Question['form'], number>> = {
  boxes: 500,
  points: 350,
  masks: 3000,
  boxes3d: 900,
  text: 300,
}
const lettersPerToken = 4

/** What a question will cost about, and at most, before anything is sent. */
export function questionCost(
  question: Question,
  calls: number,
  settings: {
    readonly model: string
    readonly thinking: Thinking
    readonly imageSize: number
    readonly maxOutputTokens: number
    readonly price: TokenPrice | null
  },
): QuestionCost {
  const { model, thinking, imageSize, maxOutputTokens, price } = settings
  const textLength = questionText(question).length + JSON.stringify(questionSchema(question)).length
  const pictures = question.pictures * imageTokensOf(model, 'auto', imageSize)
  const mean = {
    prompt: pictures + Math.ceil(questionText(question).length / lettersPerToken),
    output: answerTokens[question.form] * question.pictures,
    thoughts: usualThoughts[thinking],
  }
  const size = { model, imageSize, mediaResolution: 'auto' as const, textLength, maxOutputTokens }
  const further =
    ((question.pictures - 1) * imageTokensOf(model, 'auto', imageSize) * (price?.input ?? 0)) / 1_000_000
  return {
    calls,
    tokens: calls * (mean.prompt + mean.output + mean.thoughts),
    usd: price === null ? null : calls * callUsd(mean, price),
    worstCaseUsdPerCall: price === null ? 0 : worstCaseCallUsd(size, price) + further,
  }
}

/** Said before the first call. */
export function costText(cost: QuestionCost, images: number, budgetUsd: number | null): string {
  const calls = `${images} ${images === 1 ? 'image' : 'images'}, ${cost.calls} ${cost.calls === 1 ? 'call' : 'calls'}`
  const tokens = `about ${cost.tokens.toLocaleString('en')} tokens`
  if (cost.usd === null) return `${calls}, ${tokens}; the price of this model is not known: give --price.`
  const most = usd(cost.calls * cost.worstCaseUsdPerCall)
  const stop = budgetUsd === null ? '' : `; hard stop at ${usd(budgetUsd)}`
  return `${calls}, ${tokens} and ${usd(cost.usd)} (assumed), at most ${most}${stop}.`
}
