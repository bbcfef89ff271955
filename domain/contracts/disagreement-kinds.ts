/** The ways in which two sets of boxes on one image can differ (active-learning literature; formulas in domain/disagreement.ts). */
export const disagreementKinds = [
  'missed-by-teacher',
  'missed-by-student',
  'class-swap',
  'localisation',
  'duplicate',
  'group',
  'parse-fault',
] as const
export type DisagreementKind = (typeof disagreementKinds)[number]
export type KindCounts = Partial<Record<DisagreementKind, number>>

/** Why an image stands in a review batch. `audit` is the uniformly random share, the only unbiased measurement. */
export const batchKinds = ['held-out', 'audit', 'cold-start', 'ranked', 'diverse'] as const
export type BatchKind = (typeof batchKinds)[number]

/** Which step of a cycle queued a batch. */
export const batchPurposes = ['first', 'routed'] as const
export type BatchPurpose = (typeof batchPurposes)[number]

/** What the gate says of a challenger against the champion. */
export const verdicts = [
  'first',
  'better',
  'not-worse',
  'not-distinguishable',
  'worse',
  'too-few-images',
] as const
export type Verdict = (typeof verdicts)[number]

/** How a model became champion: through the gate, or by a person who chose it or went back. */
export const championWays = ['gate', 'promote', 'rollback'] as const
export type ChampionWay = (typeof championWays)[number]
