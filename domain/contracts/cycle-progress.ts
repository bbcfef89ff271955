import type { CycleMode, CycleOutcome, CyclePhase } from './phases.ts'

export interface PhaseProgress {
  readonly phase: CyclePhase
  readonly state: 'waiting' | 'running' | 'done' | 'skipped'
  /** One line for people. */
  readonly note: string
  /** ISO time of the workflow's clock. */
  readonly startedAt: string | null
  readonly endedAt: string | null
}

/** Answer of the `progress` query: everything a person wants to see of a running cycle. */
export interface CycleProgress {
  readonly project: string
  readonly mode: CycleMode
  readonly cycle: number | null
  readonly phase: CyclePhase
  readonly paused: boolean
  readonly outcome: CycleOutcome | null
  readonly phases: readonly PhaseProgress[]
  readonly simulated: boolean
  readonly drafting: {
    readonly total: number
    readonly done: number
    readonly failed: number
    readonly partial: number
    readonly blocked: number
    readonly usd: number
    readonly budgetUsd: number | null
    /** ISO time until which it waits for the teacher's daily quota; null: it does not. Left out by cycles of earlier versions. */
    readonly waitsUntil?: string | null
  }
  readonly review: {
    readonly waiting: number
    readonly accepted: number
    readonly skipped: number
    readonly refused: number
    readonly withdrawn: number
    readonly boardUrl: string | null
  }
  readonly training: { readonly workflowId: string; readonly description: string } | null
}
