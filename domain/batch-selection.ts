import type { BatchKind } from './contracts/disagreement-kinds.ts'
import type { Split } from './contracts/splits.ts'
import { pickDiverse } from './diverse-images.ts'
import { seededRandom } from './seeded-random.ts'

/** An image that could be queued. */
export interface Candidate {
  readonly image: string
  readonly group: string
  readonly split: Split
  /** Expected label errors a second of review; 0: nothing is known against it. */
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
 * Fills a batch by quota: audit (uniform over everything eligible), the highest priorities, and the most different ones. Only
 * images of the training split are eligible, whatever is passed in: people must never be asked to improve what measures us.
 * One image a group, as long as other groups are left. Images without a priority are only drawn for audit or diversity, so a
 * batch can be smaller than asked for: nobody is asked to look at what nothing speaks against.
 */
export function selectBatch(candidates: readonly Candidate[], quota: Quota): Pick[] {
  const eligible = candidates
    .filter(({ split }) => split === 'train')
    .sort((a, b) => (a.image < b.image ? -1 : 1))
  const size = Math.min(quota.size, eligible.length)
  const auditSize = Math.min(size, Math.round(size * quota.auditShare))
  const audit = drawUniformly(eligible, auditSize, quota.seed)
  const picked = new Set(audit)
  const picks: Pick[] = audit.map(({ image }) => ({
    image,
    kind: 'audit',
    probability: auditSize / eligible.length,
  }))

  const take = (from: readonly Candidate[], kind: Pick['kind'], wanted: number): void => {
    for (const candidate of oneOfEachGroupFirst(from, picked).slice(0, Math.max(0, wanted))) {
      picked.add(candidate)
      picks.push({ image: candidate.image, kind, probability: null })
    }
  }
  const left = (): Candidate[] => eligible.filter((candidate) => !picked.has(candidate))
  const diverseSize = Math.round((size - auditSize) * quota.diverseShare)
  const ranked = left()
    .filter(({ priority }) => priority > 0)
    .sort((a, b) => b.priority - a.priority || (a.image < b.image ? -1 : 1))
  take(ranked, 'ranked', size - auditSize - diverseSize)
  take(pickDiverse(left(), [...picked], diverseSize), 'diverse', diverseSize)
  return picks
}

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
function oneOfEachGroupFirst(candidates: readonly Candidate[], picked: ReadonlySet<Candidate>): Candidate[] {
  const groups = new Set([...picked].map(({ group }) => group))
  const first: Candidate[] = []
  const later: Candidate[] = []
  for (const candidate of candidates) {
    if (groups.has(candidate.group)) later.push(candidate)
    else first.push(candidate)
    groups.add(candidate.group)
  }
  return [...first, ...later]
}
