/** What `GET /_control/calls` answers: calls of generateContent since the last reset. */
export interface CallCounts {
  readonly received: number
  /** Answered with a reply that is billed. */
  readonly paid: number
  /** Different images among them. */
  readonly paidImages: number
  readonly inFlight: number
}

export interface CallCounter {
  counts(): CallCounts
  /** When each call came in since the last reset, oldest first: Unix time in milliseconds, on a clock that never jumps. */
  times(): readonly number[]
  /** Counts a call that came in and returns its number, from 1. */
  begin(): number
  end(): void
  pay(image: string | null): void
  reset(): void
}

export function createCallCounter(): CallCounter {
  let received = 0
  let paid = 0
  let inFlight = 0
  const images = new Set<string>()
  let times: number[] = []
  return {
    counts: () => ({ received, paid, paidImages: images.size, inFlight }),
    times: () => times,
    begin() {
      times.push(performance.timeOrigin + performance.now())
      inFlight += 1
      received += 1
      return received
    },
    end() {
      inFlight -= 1
    },
    pay(image) {
      paid += 1
      if (image !== null) images.add(image)
    },
    reset() {
      received = 0
      paid = 0
      images.clear()
      times = []
    },
  }
}
