/** A task as the board shows it now. */
interface SeenTask {
  readonly uid: string | null
  readonly answered: boolean
  readonly skipped: boolean
}

export interface ReviewCounts {
  readonly waiting: number
  readonly accepted: number
  readonly skipped: number
  readonly refused: number
  readonly withdrawn: number
}

type State = 'waiting' | 'skipped' | 'accepted'

/** Of two tasks with one uid (an import that was repeated while Label Studio still worked on it) the answered one counts. */
const rank: Readonly<Record<State, number>> = { waiting: 0, skipped: 1, accepted: 2 }

const stateOf = ({ answered, skipped }: SeenTask): State => {
  if (!answered) return 'waiting'
  return skipped ? 'skipped' : 'accepted'
}

/**
 * Where the queued images stand. Each of `uids` is exactly one of waiting, accepted, skipped or withdrawn (its task is not on
 * the board any more); a refused one also counts as waiting, because a person must look again. Tasks that are not ours count
 * nowhere, except that refused answers on them are among `refused`. Uids are identities, task ids are not: SQLite re-uses them.
 */
export function countReviews(
  uids: Iterable<string>,
  tasks: readonly SeenTask[],
  refused: ReadonlySet<string>,
): ReviewCounts {
  const states = new Map<string, State>()
  for (const task of tasks) {
    if (task.uid === null) continue
    const twin = states.get(task.uid)
    const state = stateOf(task)
    if (twin === undefined || rank[state] > rank[twin]) states.set(task.uid, state)
  }
  const counts = { waiting: 0, accepted: 0, skipped: 0, refused: refused.size, withdrawn: 0 }
  for (const uid of new Set(uids)) {
    const state = states.get(uid) ?? 'withdrawn'
    counts[state !== 'withdrawn' && refused.has(uid) ? 'waiting' : state] += 1
  }
  return counts
}
