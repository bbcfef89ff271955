/** A moment on the clock of a zone, to the minute. */
export interface ClockMinute {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
}

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/**
 * The days of some years on which a time of day does not exist, because the clock is put forward over it, each with the time
 * that stands for it: as much later as the clock is put forward. 02:30 in Berlin becomes 03:30 on the last Sunday of March.
 * @param at HH:MM, 24 hours
 * @param timezone IANA name
 */
export function missingNights(
  { at, timezone }: { readonly at: string; readonly timezone: string },
  { from, years }: { readonly from: number; readonly years: number },
): ClockMinute[] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  })
  const read = (instant: number): ClockMinute => {
    const parts = new Map(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]))
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
    return {
      year: part('year'),
      month: part('month'),
      day: part('day'),
      hour: part('hour'),
      minute: part('minute'),
    }
  }
  const [hour = 0, minute = 0] = at.split(':').map(Number)
  const missing: ClockMinute[] = []
  for (let day = Date.UTC(from, 0, 1); day < Date.UTC(from + years, 0, 1); day += dayMs) {
    const wanted = day + (hour * 60 + minute) * minuteMs
    // The offset of the day before is the one that counts until the clock is put forward.
    const offset = asUtc(read(wanted - dayMs)) - (wanted - dayMs)
    const found = read(wanted - offset)
    const later = asUtc(found) - wanted
    if (later > 0 && asUtc(read(wanted - offset - later)) !== wanted) missing.push(found)
  }
  return missing
}

const asUtc = ({ year, month, day, hour, minute }: ClockMinute): number =>
  Date.UTC(year, month - 1, day, hour, minute)
