import type { Fault, FaultScript } from './fault-script.ts'

/** Which call it is and what it shows. */
export interface CallToFault {
  /** From 1, since the last reset. */
  readonly number: number
  readonly image: { readonly sha256: string; readonly name: string } | null
}

/** Plays a script of faults: the first entry that matches a call and is not used up. */
export interface FaultPlayer {
  load(script: FaultScript): void
  /** `isPlayable` tells the faults that this call can play; others wait for theirs. */
  next(call: CallToFault, isPlayable: (fault: Fault) => boolean): Fault | null
}

export function createFaultPlayer(): FaultPlayer {
  let entries: { readonly entry: FaultScript['faults'][number]; played: number }[] = []
  return {
    load({ faults }) {
      entries = faults.map((entry) => ({ entry, played: 0 }))
    },
    next(call, isPlayable) {
      const found = entries.find(
        ({ entry, played }) =>
          played < (entry.times ?? Infinity) && isPlayable(entry.fault) && matches(entry.match, call),
      )
      if (found === undefined) return null
      found.played += 1
      return found.entry.fault
    },
  }
}

function matches(match: FaultScript['faults'][number]['match'], { number, image }: CallToFault): boolean {
  if (match === 'all') return true
  if ('call' in match) return match.call === number
  return image !== null && (match.image === image.sha256 || match.image === image.name)
}
