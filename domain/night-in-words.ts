import type { CyclePhase, NightOutcome } from './contracts/phases.ts'

/** One sentence for the person who looks in the morning. */
export function nightInWords(night: {
  readonly outcome: NightOutcome
  readonly cycle: number | null
  readonly phase?: CyclePhase | null
  readonly verdict?: string | null
}): string {
  const { outcome, cycle, phase, verdict } = night
  const name = cycle === null ? 'the running cycle' : `cycle ${cycle}`
  switch (outcome) {
    case 'completed':
      return `Trained and judged in ${name}: ${verdict ?? 'no verdict'}.`
    case 'nothing-new':
      return `Nothing new: too few images were reviewed since the champion for a training (${name}).`
    case 'nothing-reviewed':
      return `Nothing to train on: no training image has been reviewed yet (${name}).`
    case 'stopped':
      return `Stopped by a person in ${name}.`
    case 'handed-over':
      return `Handed over: ${name} was waiting for reviews, enough were in, and it was told to go on.`
    case 'skipped-busy':
      return `Skipped: ${name} is busy (${phase ?? 'unknown phase'}).`
  }
}
