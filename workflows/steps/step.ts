import type { CycleOutcome } from '../../domain/contracts/phases.ts'
import type { CycleRun } from '../cycle-run.ts'

/** How a phase ended: a line for people; `outcome` ends the cycle early; `again` takes the same phase up in a fresh run. */
export interface StepEnd {
  readonly note: string
  readonly outcome?: CycleOutcome
  readonly again?: boolean
}

export type Step = (run: CycleRun) => Promise<StepEnd>
