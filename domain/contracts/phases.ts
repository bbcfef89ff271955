export const cycleModes = ['full', 'nightly', 'draft'] as const
export type CycleMode = (typeof cycleModes)[number]

/** In the order in which a cycle walks through them. `nightly` leaves out `queue` and does not wait in `review`; `draft` drafts. */
export const cyclePhases = [
  'select',
  'draft',
  'queue',
  'review',
  'dataset',
  'train',
  'evaluate',
  'gate',
  'compare',
  'route',
  'report',
  'done',
] as const
export type CyclePhase = (typeof cyclePhases)[number]

/** How a cycle ended; each is a normal end that a person can understand, not an error. */
export const cycleOutcomes = ['completed', 'nothing-new', 'nothing-reviewed', 'stopped'] as const
export type CycleOutcome = (typeof cycleOutcomes)[number]

/** A night ends as its cycle does, or gives way to a cycle that was running already. */
export const nightOutcomes = [...cycleOutcomes, 'handed-over', 'skipped-busy'] as const
export type NightOutcome = (typeof nightOutcomes)[number]
