import type { BatchKind } from './contracts/disagreement-kinds.ts'
import type { Split } from './contracts/splits.ts'
import { pickDiverse } from './diverse-images.ts'
import { seededRandom } from './seeded-random.ts'

/** Diverse images are taken from this many times as many of the next best (PPAL's ratio, Yang 2022). */
const shortlistFactor = 4

/** An image that could be queued. */
export interface Candidate {
  readonly image: string
  readonly group: string
  readonly split: Split
  /** Higher is better; 0: nothing speaks for it, only chance may bring it in. */
  readonly priority: number
  /** What is on it, as numbers: images whose vectors are far apart show different things. */
  readonly vector: readonly number[]
}

export interface Quota {
  readonly size: number
  /** Share drawn uniformly from all eligible images: the only unbiased measurement. */
  readonly auditShare: number
  /** Share chosen to differ from the rest of the batch. */
  readonly diverseShare: number
  /** Decides the draw: the same seed and candidates give the same batch. */
  readonly seed: string
}

export interface Pick {
  readonly image: string
  readonly kind: Extract<BatchKind, 'audit' | 'ranked' | 'diverse'>
  /** Inclusion probability of the uniform draw; null where the choice was not random. */
  readonly probability: number | null
}

/**
 * Fills a batch by quota: audit (uniform over everything eligible), the highest priorities, and the most different ones of the
 * next best. Only images of the training split are eligible, whatever is passed in: people must never be asked to improve what
 * measures us. One image a group, as long as other groups are left; only the audit takes no notice of groups, because its
 * probabilities would not be known any more. Images without a priority are drawn for audit alone, so a batch can be smaller
 * than asked for: nobody is asked to look at what nothing speaks against.
 */
export function selectBatch(candidates: readonly Candidate[], quota: Quota): Pick[] {
  const eligible = candidates
    .filter(({ split }) => split === 'train')
    .sort((a, b) => (a.image < b.image ? -1 : 1))
  const size = Math.min(quota.size, eligible.length)
  const auditSize = shareOf(size, quota.auditShare)
  const audit = drawUniformly(eligible, auditSize, quota.seed)
  const diverseSize = Math.min(size - auditSize, shareOf(size, quota.diverseShare))
  const left = (picked: readonly Candidate[]): Candidate[] => {
    const gone = new Set(picked)
    const worst = eligible
      .filter((candidate) => candidate.priority > 0 && !gone.has(candidate))
      .sort((a, b) => b.priority - a.priority || (a.image < b.image ? -1 : 1))
    return oneOfEachGroupFirst(worst, picked)
  }
  const ranked = left(audit).slice(0, size - auditSize - diverseSize)
  const chosen = [...audit, ...ranked]
  const shortlist = left(chosen).slice(0, diverseSize * shortlistFactor)
  const diverse = pickDiverse(shortlist, chosen, diverseSize)
  const probability = auditSize / eligible.length
  return [
    ...audit.map(({ image }): Pick => ({ image, kind: 'audit', probability })),
    ...ranked.map(({ image }): Pick => ({ image, kind: 'ranked', probability: null })),
    ...diverse.map(({ image }): Pick => ({ image, kind: 'diverse', probability: null })),
  ]
}

/** At least one as soon as a share is asked for and there is room for another. */
const shareOf = (size: number, share: number): number =>
  Math.min(size, Math.max(share > 0 && size > 1 ? 1 : 0, Math.round(size * share)))

/** Fisher-Yates from the seed: every subset of the size is equally likely. */
function drawUniformly(eligible: readonly Candidate[], count: number, seed: string): Candidate[] {
  const random = seededRandom(`audit ${seed}`)
  const pool = [...eligible]
  const drawn: Candidate[] = []
  while (drawn.length < count) {
    const [one] = pool.splice(Math.floor(random() * pool.length), 1)
    if (one === undefined) break
    drawn.push(one)
  }
  return drawn
}

/** The candidates in their order, but those whose group is in the batch already come last. */
function oneOfEachGroupFirst(candidates: readonly Candidate[], picked: readonly Candidate[]): Candidate[] {
  const groups = new Set(picked.map(({ group }) => group))
  const first: Candidate[] = []
  const later: Candidate[] = []
  for (const candidate of candidates) {
    if (groups.has(candidate.group)) later.push(candidate)
    else first.push(candidate)
    groups.add(candidate.group)
  }
  return [...first, ...later]
}
