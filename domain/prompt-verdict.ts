import type { Verdict } from './contracts/disagreement-kinds.ts'
import { minGroups, verdictOf } from './gate.ts'
import type { PairedEffort } from './metrics/paired-effort.ts'
import type { Interval } from './metrics/scored-images.ts'

/** Loss of F1 that still counts as "not worse". */
const margin = 0.02
/** Below this an interval of percentiles says less than it seems to. */
export const fewestImages = 20

export interface PromptVerdict {
  readonly verdict: Exclude<Verdict, 'first'>
  readonly words: string
}

const sentences: Readonly<Record<PromptVerdict['verdict'], string>> = {
  better: 'B is better',
  'not-worse': 'B is not worse',
  'not-distinguishable': 'A and B cannot be told apart',
  worse: 'B is worse',
  'too-few-images': 'Too few images for a verdict',
}

/** What a comparison of two prompts says, with the number of images that it rests on. F1 alone decides: drafts have no scores. */
export function promptVerdict(
  { f1, edits }: Pick<PairedEffort, 'f1' | 'edits'>,
  { images, groups }: { readonly images: number; readonly groups: number },
): PromptVerdict {
  const few = images < fewestImages || groups < minGroups
  const verdict = few ? 'too-few-images' : verdictOf(f1, f1.low >= -margin)
  const on = `on ${images} reviewed images${groups === images ? '' : ` in ${groups} groups`}`
  const needed = few ? ` At least ${fewestImages} images of ${minGroups} groups are needed.` : ''
  const figures = `F1 ${signed(f1, 3)}, edits an image ${signed(edits, 2)}`
  return { verdict, words: `${sentences[verdict]}: ${figures}, B against A ${on}.${needed}` }
}

/** `+0.012 [−0.003, +0.027]` */
export const signed = ({ value, low, high }: Interval, digits: number): string =>
  `${sign(value, digits)} [${sign(low, digits)}, ${sign(high, digits)}]`

const sign = (value: number, digits: number): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`
