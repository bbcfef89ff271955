import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { CycleProgress, PhaseProgress } from '../../domain/contracts/cycle-progress.ts'
import type { TrainingProgressView } from '../../domain/contracts/training-progress.ts'
import type { Output } from '../output.ts'
import { liveLine, phaseLine } from './progress-text.ts'
import { readCycle, type CycleState } from './read-cycle.ts'

const pollMs = 1_500

/**
 * Follows the latest cycle until it ends or the signal aborts; a running cycle is never disturbed. Each phase that ends is
 * one line; with `--json` each change of the progress is one.
 */
export async function watchCycle(
  client: Client,
  project: string,
  { output, signal }: { readonly output: Output; readonly signal: AbortSignal },
): Promise<CycleState> {
  const follower = createFollower(output)
  while (true) {
    const state = await readCycle(client, project)
    if (state.progress !== null) follower.show(state.progress, state.training)
    else if (state.state === 'running')
      output.progress('No worker answers: waiting (see `understudy status`).')
    if (state.state !== 'running' || signal.aborted) {
      output.progressEnd()
      return state
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {})
  }
}

/** Tells what is new since the last look. */
export function createFollower(output: Output) {
  let cycle: number | null = null
  let told = new Set<string>()
  let last = ''
  const isOver = ({ state, note }: PhaseProgress): boolean =>
    state === 'done' || (state === 'skipped' && note !== '')

  return {
    show(progress: CycleProgress, training: TrainingProgressView | null): void {
      const seen = { ...progress, epoch: training }
      const text = JSON.stringify(seen)
      if (text !== last) output.result(seen)
      last = text
      if (progress.cycle !== cycle) {
        cycle = progress.cycle
        told = new Set()
        const teacher = progress.simulated ? ', simulated teacher' : ''
        output.step(`${progress.project}: cycle ${cycle ?? '?'} (${progress.mode}${teacher})`)
      }
      for (const line of progress.phases) {
        if (!isOver(line) || told.has(line.phase)) continue
        told.add(line.phase)
        output.step(phaseLine(line))
      }
      if (progress.outcome === null) output.progress(liveLine(progress, training))
    },
  }
}
