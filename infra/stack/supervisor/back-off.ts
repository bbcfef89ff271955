const firstWaitMs = 1_000
const longestWaitMs = 60_000
/** A service that was ready for this long is sound again: its next crash starts from the shortest wait. */
export const soundAfterMs = 60_000

/** Wait before the n-th restart in a row (n from 0), milliseconds: doubling, at most a minute. */
export function backOffMs(restartsInARow: number): number {
  return Math.min(firstWaitMs * 2 ** Math.max(0, restartsInARow), longestWaitMs)
}
