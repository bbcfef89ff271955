const pacificClock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
})

/** Seconds since midnight on a clock in California. */
function pacificSeconds(at: Date): number {
  const parts = new Map(pacificClock.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  return (parts.get('hour') ?? 0) * 3600 + (parts.get('minute') ?? 0) * 60 + (parts.get('second') ?? 0)
}

const day = 86_400

/** Seconds until midnight Pacific time, when Google's daily quotas start anew; 23 and 25 hour days included. */
export function secondsUntilPacificMidnight(now: Date): number {
  const naive = day - pacificSeconds(now)
  const clock = pacificSeconds(new Date(now.getTime() + naive * 1000))
  // On the days when the clocks change, the naive end of the day is an hour early (23:00) or late (01:00).
  return clock > day / 2 ? naive + (day - clock) : naive - clock
}
