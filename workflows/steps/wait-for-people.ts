import { condition, workflowInfo } from '@temporalio/workflow'
import type { ReviewProgress } from '../../domain/contracts/activities.ts'
import { nextPollSeconds, whyReviewCloses } from '../../domain/review-closing.ts'
import { review } from '../ask.ts'
import type { CycleRun } from '../cycle-run.ts'
import { reviewPoll } from '../policies.ts'
import type { Step } from './step.ts'

/**
 * Collects what people submitted, and in a full cycle waits until they are done: polling is the truth, a signal only brings
 * the next poll forward. A night looks once and goes on.
 */
export const waitForPeople: Step = async (run) => {
  const { control, settings, input } = run
  const poll = { ...reviewPoll, ...input.reviewPollSeconds }
  const since = run.facts.waitingSince ?? new Date().toISOString()
  run.learn({ waitingSince: since })
  const deadlineMs = settings.reviewDeadlineHours === null ? null : settings.reviewDeadlineHours * 3_600_000
  let pauseSeconds = poll.first

  for (;;) {
    const seen = control.nudges
    const state = await review('Collect reviews').collectReviews(run.ref)
    show(run, state)
    const answered = state.accepted + state.skipped
    if (input.mode === 'nightly') return { note: inWords(state, 'collected') }
    const closed = whyReviewCloses({
      waiting: state.waiting,
      answered,
      elapsedMs: Date.now() - Date.parse(since),
      quota: settings.reviewQuota,
      deadlineMs,
      finishedBy: control.finishReview,
    })
    if (closed !== null) return { note: inWords(state, closed) }
    if (workflowInfo().continueAsNewSuggested) return { note: '', again: true }
    await condition(() => control.nudges > seen || control.finishReview !== null, pauseSeconds * 1000)
    await condition(() => !control.paused)
    pauseSeconds = nextPollSeconds(pauseSeconds, poll, state.fresh)
  }
}

function show(
  run: CycleRun,
  { waiting, accepted, skipped, refused, withdrawn, boardUrl }: ReviewProgress,
): void {
  run.show({ review: { waiting, accepted, skipped, refused, withdrawn, boardUrl } })
  run.note('review', `${waiting} waiting, ${accepted} accepted, ${skipped} skipped`)
}

function inWords(state: ReviewProgress, why: string): string {
  const odd = [
    state.refused > 0 ? `${state.refused} refused` : '',
    state.withdrawn > 0 ? `${state.withdrawn} withdrawn` : '',
    state.waiting > 0 ? `${state.waiting} still open` : '',
  ].filter((part) => part !== '')
  return [`${why}: ${state.accepted} accepted`, `${state.skipped} skipped`, ...odd].join(', ')
}
