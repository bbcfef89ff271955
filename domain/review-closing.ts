/** Where a wait for people stands. */
export interface ReviewWait {
  /** Tasks nobody has answered. */
  readonly waiting: number
  readonly answered: number
  readonly elapsedMs: number
  /** Share of all tasks, 0 to 1, that is enough once the deadline has passed. */
  readonly quota: number
  /** Null: no deadline. */
  readonly deadlineMs: number | null
  /** Why a person ended the wait; null when nobody did. */
  readonly finishedBy: string | null
}

/** Why the wait is over, in words; null while it is not. */
export function whyReviewCloses(wait: ReviewWait): string | null {
  const { waiting, answered, elapsedMs, quota, deadlineMs, finishedBy } = wait
  if (finishedBy !== null) return `ended by a person: ${finishedBy}`
  if (waiting === 0) return 'all reviewed'
  const all = waiting + answered
  if (deadlineMs !== null && elapsedMs >= deadlineMs && answered >= quota * all)
    return 'deadline passed, quota reached'
  return null
}

/** Next pause between two polls: grows by `growth` up to `most` (seconds), starts over when something came in. */
export function nextPollSeconds(
  last: number,
  { first, most, growth }: { readonly first: number; readonly most: number; readonly growth: number },
  fresh: number,
): number {
  return fresh > 0 ? first : Math.min(most, last * growth)
}
