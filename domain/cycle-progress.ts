import type { CycleProgress, PhaseProgress } from './contracts/cycle-progress.ts'
import { cyclePhases, type CycleMode, type CyclePhase } from './contracts/phases.ts'

const drafting: readonly CyclePhase[] = ['select', 'draft', 'report']

/** Phases that a mode walks through, in order, without the final `done`. A night collects reviews but queues nothing first. */
export function phasesOf(mode: CycleMode): readonly CyclePhase[] {
  if (mode === 'draft') return drafting
  return cyclePhases.filter((phase) => phase !== 'done' && !(mode === 'nightly' && phase === 'queue'))
}

/** A cycle that has done nothing yet. */
export const initialProgress = (project: string, mode: CycleMode): CycleProgress => ({
  project,
  mode,
  cycle: null,
  phase: 'select',
  paused: false,
  outcome: null,
  phases: phasesOf(mode).map((phase) => ({
    phase,
    state: 'waiting',
    note: '',
    startedAt: null,
    endedAt: null,
  })),
  simulated: false,
  drafting: {
    total: 0,
    done: 0,
    failed: 0,
    partial: 0,
    blocked: 0,
    usd: 0,
    budgetUsd: null,
    waitsUntil: null,
  },
  review: { waiting: 0, accepted: 0, skipped: 0, refused: 0, withdrawn: 0, boardUrl: null },
  training: null,
})

/** The progress with one phase's line replaced. */
export const withPhase = (
  progress: CycleProgress,
  phase: CyclePhase,
  change: Partial<Omit<PhaseProgress, 'phase'>>,
): CycleProgress => ({
  ...progress,
  phases: progress.phases.map((line) => (line.phase === phase ? { ...line, ...change } : line)),
})

/** ISO time at which the first phase started; null before that. */
export const startOf = ({ phases }: Pick<CycleProgress, 'phases'>): string | null =>
  phases.reduce<string | null>(
    (first, { startedAt }) =>
      startedAt !== null && (first === null || startedAt < first) ? startedAt : first,
    null,
  )
