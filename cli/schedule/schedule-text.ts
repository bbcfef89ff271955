import { renderPairs, renderTable } from '../table.ts'
import type { NightRun, ScheduleView } from './read-schedule.ts'

/** A moment on the clock of the schedule's zone. */
const clock = (iso: string, timeZone: string | null): string =>
  new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    timeStyle: 'short',
    ...(timeZone === null ? {} : { timeZone }),
  }).format(new Date(iso))

/** The schedule for people: when, whether it is paused and why, the next and the last nights. */
export function renderSchedule(view: ScheduleView | { readonly exists: false }): string {
  if (!view.exists) return 'There is no schedule. Make one with `understudy schedule set --at 02:00`.'
  const { at, timezone, paused, note, next, last, taken, skipped } = view
  const lines = [
    renderPairs([
      ['Every night at', `${at ?? '?'} ${timezone ?? 'UTC'}`],
      ['State', paused ? `paused${note === '' ? '' : `: ${note}`}` : 'active'],
      ['Next', paused ? 'none while paused' : next.map((time) => clock(time, timezone)).join(', ')],
      ['So far', `${taken} started, ${skipped} skipped because one was still running`],
    ]),
  ]
  if (last.length > 0) {
    lines.push(
      '',
      renderTable(
        [
          { title: 'LAST NIGHTS', value: ({ scheduledAt }: NightRun) => clock(scheduledAt, timezone) },
          { title: 'OUTCOME', value: ({ outcome, state }) => outcome ?? state },
          { title: '', value: ({ words }) => words },
        ],
        last,
      ),
    )
  }
  return lines.join('\n')
}
