/** Calls in each whole minute since the first one. `times`: seconds, ascending. */
export const callsInMinutes = (times: readonly number[], minutes: number): number[] => {
  const first = times[0] ?? 0
  return Array.from({ length: minutes }, (_, minute) => {
    const from = first + minute * 60
    return times.filter((at) => at >= from && at < from + 60).length
  })
}

/** Most calls in any 60 seconds, wherever they begin. `times`: seconds, ascending. */
export function mostInAMinute(times: readonly number[]): number {
  let most = 0
  let oldest = 0
  times.forEach((at, index) => {
    while ((times[oldest] ?? at) <= at - 60) oldest += 1
    most = Math.max(most, index - oldest + 1)
  })
  return most
}
