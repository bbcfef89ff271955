import type { TokenPrice } from './teacher-cost.ts'

interface ListPrice extends TokenPrice {
  /** Models whose name starts with this; the longest fitting prefix wins. */
  readonly prefix: string
  readonly source: string
}

const pricing = 'ai.google.dev pricing page as read in October 2026 (api-evangelist/deepmind)'

/** USD per million tokens, paid tier. `teacher.price` in understudy.yaml goes before it. */
const prices: readonly ListPrice[] = [
  { prefix: 'gemini-4-argon', input: 2, output: 10, source: 'resellers' },
  { prefix: 'gemini-3.8-flash', input: 0.75, output: 3.75, source: `${pricing}; doubles in January 2027` },
  { prefix: 'gemini-3.7-flash', input: 0.75, output: 3.75, source: 'roboflow/vlm-exam models.yaml' },
  { prefix: 'gemini-3.6-flash', input: 1.5, output: 7.5, source: 'roboflow/vlm-exam models.yaml' },
  { prefix: 'gemini-3.5-flash', input: 1.5, output: 9, source: pricing },
  { prefix: 'gemini-3.5-flash-lite', input: 0.3, output: 2.5, source: pricing },
  { prefix: 'gemini-3.1-flash-lite', input: 0.25, output: 1.5, source: pricing },
  { prefix: 'gemini-3.1-pro', input: 2, output: 12, source: pricing },
  { prefix: 'gemini-3-flash', input: 0.5, output: 3, source: pricing },
]

/** What a model's tokens cost; null for one that is not on the list. */
export function listPriceOf(model: string): TokenPrice | null {
  const fitting = prices.filter(({ prefix }) => model.startsWith(prefix))
  const [best] = fitting.toSorted((a, b) => b.prefix.length - a.prefix.length)
  return best === undefined ? null : { input: best.input, output: best.output }
}
