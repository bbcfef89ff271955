import {
  condition,
  isCancellation,
  setHandler,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow'
import { ApplicationFailure } from '@temporalio/common'
import { draftChunkId } from '../../domain/contracts/workflow-ids.ts'
import type { DraftChunkInput, DraftChunkResult } from '../../domain/contracts/workflow-inputs.ts'
import type { DraftPlan } from '../../domain/contracts/activities.ts'
import { draftChunkSize } from '../../domain/contracts/draft-chunk-size.ts'
import { callsWithinBudget } from '../../domain/call-budget.ts'
import type { CycleRun } from '../cycle-run.ts'
import { draftChunk } from '../draft-chunk.ts'
import { draftingPausedSignal, draftingWaitsSignal } from '../messages.ts'
import { batchChunksInFlight, chunksInFlight } from '../policies.ts'
import type { Step } from './step.ts'

/**
 * Has the missing images drafted, a few chunks at a time. What is under way when money runs out ends; no call starts whose
 * worst case would not fit; that nothing fits any more is no failure. Failed images stay without a draft: the next cycle tries
 * them again.
 */
export const draft: Step = async (run) => {
  const plan = run.facts.draftPlan
  if (plan === undefined || plan.missing === 0) return { note: 'nothing to draft' }
  const running = new Map<number, ChildWorkflowHandle<typeof draftChunk>>()
  const state: { reservedUsd: number; failure: string | null; broken: boolean; ended: boolean } = {
    reservedUsd: 0,
    failure: null,
    broken: false,
    ended: false,
  }
  const showWait = quotaWaits(run)
  const mirror = mirrorPause(run, running, () => state.ended)
  const work: Promise<void>[] = []

  const callsPerImage = plan.callsPerImage ?? 1
  const usdPerImage = plan.worstCaseUsdPerCall * callsPerImage
  const imagesLeft = (): number | null =>
    callsWithinBudget({
      budget: plan.budgetUsd === null ? null : plan.budgetUsd + run.control.extraUsd,
      spentUsd: run.progress().drafting.usd,
      reservedUsd: state.reservedUsd,
      worstCaseUsd: usdPerImage,
    })
  const inFlight = plan.batchDeadlineHours === undefined ? chunksInFlight : batchChunksInFlight
  const mayHandOut = (): boolean =>
    !run.control.paused && running.size < inFlight && (imagesLeft() !== 0 || running.size === 0)

  try {
    for (let number = (run.facts.chunksDone ?? 0) + 1; number <= plan.chunks; number += 1) {
      await condition(mayHandOut)
      const images = imagesLeft()
      if (state.broken || state.failure !== null || images === 0 || workflowInfo().continueAsNewSuggested)
        break
      run.learn({ chunksDone: number })
      const maxImages = images === null ? null : Math.min(images, draftChunkSize)
      const reserved = (maxImages ?? 0) * usdPerImage
      state.reservedUsd += reserved
      const child = await startChild(draftChunk, {
        workflowId: draftChunkId(run.input.project, run.ref.cycle, number),
        staticSummary: `${run.input.project}: drafts, part ${number} of ${plan.chunks}`,
        args: [chunkOf(run, plan, number, maxImages)],
      })
      running.set(number, child)
      const collect = async (): Promise<void> => {
        try {
          const result = await child.result()
          state.failure ??= result.stoppedBy
          addUp(run, result)
        } catch (error) {
          state.broken = true
          throw error
        } finally {
          running.delete(number)
          showWait(number, null)
          state.reservedUsd -= reserved
        }
      }
      const collected = collect()
      // It is awaited below, perhaps much later: until then its failure is not one that nobody hears of.
      collected.catch(() => {})
      work.push(collected)
    }
    await Promise.all(work)
  } finally {
    // Cancelled: the children end first, and none of what they throw is left to nobody.
    state.ended = true
    await Promise.allSettled([...work, mirror])
  }

  const { drafting, simulated } = run.progress()
  const { failure } = state
  const daySpent = failure === 'BudgetSpent'
  if (failure !== null && !daySpent && drafting.done === 0) {
    throw ApplicationFailure.nonRetryable(`No image could be drafted (${failure}).`, failure)
  }
  const spent = imagesLeft() === 0
  if (failure === null && !spent && (run.facts.chunksDone ?? 0) < plan.chunks)
    return { note: '', again: true }
  if (daySpent) run.learn({ daySpent })
  const left = drafting.total - drafting.done - drafting.failed
  if (drafting.done + drafting.failed === 0 && (daySpent || spent))
    return { note: `nothing drafted: the ${daySpent ? "day's" : "cycle's"} budget is spent` }
  return {
    note: `${drafting.done} drafted${simulated ? ' by the simulated teacher' : ''}, ${drafting.failed} failed${codesOf(run)}, ${drafting.usd.toFixed(4)} USD${whyEnded(failure, spent, left)}`,
  }
}

const chunkOf = (
  run: CycleRun,
  plan: DraftPlan,
  chunk: number,
  maxImages: number | null,
): DraftChunkInput => ({
  v: 1,
  ...run.ref,
  promptVersion: plan.promptVersion,
  chunk,
  maxCalls: maxImages === null ? null : maxImages * (plan.callsPerImage ?? 1),
  ...(plan.callsPerImage === undefined ? {} : { callsPerImage: plan.callsPerImage }),
  ...batchOf(run),
})

/** What a chunk is told of batch jobs; nothing when the plan asks one by one. */
function batchOf({ facts: { draftPlan }, input }: CycleRun): Pick<DraftChunkInput, 'batch'> {
  const deadlineHours = draftPlan?.batchDeadlineHours
  if (deadlineHours === undefined) return {}
  const { batchPollSeconds: pollSeconds } = input
  return { batch: { deadlineHours, ...(pollSeconds && { pollSeconds }) } }
}

const codesOf = ({ facts: { draftFailures = [] } }: CycleRun): string =>
  draftFailures.length === 0 ? '' : ` (${draftFailures.join(', ')})`

/** A chunk gets as many calls as the budget covers at their worst case: what they then leave over is not handed out again. */
function whyEnded(failure: string | null, spent: boolean, left: number): string {
  if (failure === 'BudgetSpent') return `; the day's budget is spent, ${left} left for later`
  if (failure !== null) return `; stopped by ${failure}`
  if (spent) return '; stopped: the budget is spent'
  return left > 0
    ? `; ${left} left for the next cycle: the budget was set aside for the worst case of others`
    : ''
}

function addUp(run: CycleRun, result: DraftChunkResult): void {
  const { drafting } = run.progress()
  const codes = new Set([...(run.facts.draftFailures ?? []), ...result.failures.map(({ code }) => code)])
  run.learn({ draftFailures: [...codes].sort() })
  run.show({
    drafting: {
      ...drafting,
      done: drafting.done + result.ok + result.partial + result.blocked + result.alreadyThere,
      failed: drafting.failed + result.failed,
      partial: drafting.partial + result.partial,
      blocked: drafting.blocked + result.blocked,
      usd: drafting.usd + result.usd,
    },
  })
}

/** Shows until when the children wait for the teacher's daily quota: the last of them. */
function quotaWaits(run: CycleRun): (chunk: number, until: string | null) => void {
  const waits = new Map<number, string>()
  const show = (chunk: number, until: string | null): void => {
    if (until === null) waits.delete(chunk)
    else waits.set(chunk, until)
    const waitsUntil = [...waits.values()].sort().at(-1) ?? null
    const { drafting } = run.progress()
    if ((drafting.waitsUntil ?? null) !== waitsUntil) run.show({ drafting: { ...drafting, waitsUntil } })
  }
  setHandler(draftingWaitsSignal, ({ chunk, until }) => show(chunk, until))
  return show
}

/** Tells the children when the cycle is paused and resumed: they hold back their next calls. */
async function mirrorPause(
  run: CycleRun,
  children: ReadonlyMap<number, ChildWorkflowHandle<typeof draftChunk>>,
  ended: () => boolean,
): Promise<void> {
  let told = false
  while (!ended()) {
    try {
      await condition(() => ended() || run.control.paused !== told)
    } catch (error) {
      // The children hear of it themselves.
      if (isCancellation(error)) return
      throw error
    }
    if (run.control.paused === told) continue
    told = run.control.paused
    // A child that ends while it is being told cannot be told any more: nothing is lost by that.
    await Promise.allSettled(
      [...children.values()].map((child) => child.signal(draftingPausedSignal, { paused: told })),
    )
  }
}
