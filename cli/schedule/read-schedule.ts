import type { Client, ScheduleDescription } from '@temporalio/client'
import { z } from 'zod'
import { nightOutcomes, type NightOutcome } from '../../domain/contracts/phases.ts'
import { failedNightNote } from '../../domain/night-in-words.ts'
import { explain } from '../errors.ts'

export interface NightRun {
  readonly scheduledAt: string
  readonly workflowId: string
  readonly state: 'running' | 'completed' | 'failed' | 'stopped' | 'forgotten'
  readonly outcome: NightOutcome | null
  /** One sentence: what the night came to, or why it failed. */
  readonly words: string
}

export interface ScheduleView {
  readonly exists: true
  readonly at: string | null
  readonly timezone: string | null
  readonly paused: boolean
  /** Why it is paused, or who changed it. */
  readonly note: string
  /** Empty while it is paused. */
  readonly next: readonly string[]
  readonly taken: number
  /** Nights that began while another was still running. */
  readonly skipped: number
  /** Newest first. */
  readonly last: readonly NightRun[]
  /** The configuration that nights run with. */
  readonly configHash: string | null
}

const NightResult = z.object({ outcome: z.enum(nightOutcomes), words: z.string() })
const Input = z.tuple([z.object({ configHash: z.string() })])
const shownNights = 5

/** What a person wants to know of the schedule: when it runs next and how the last nights ended. */
export async function viewSchedule(client: Client, description: ScheduleDescription): Promise<ScheduleView> {
  const { spec, state, info, action } = description
  const [calendar] = spec.calendars ?? []
  const recent = info.recentActions.slice(-shownNights).reverse()
  const input = Input.safeParse(action.args)
  const last = await Promise.all(
    recent.map(async ({ scheduledAt, action: { workflow } }) => ({
      scheduledAt: scheduledAt.toISOString(),
      workflowId: workflow.workflowId,
      ...(await endOf(client, workflow.workflowId)),
    })),
  )
  return {
    exists: true,
    at: calendar ? timeText(calendar.hour?.[0]?.start ?? 0, calendar.minute?.[0]?.start ?? 0) : null,
    // The server says "" where none was set.
    timezone: spec.timezone === '' ? null : (spec.timezone ?? null),
    paused: state.paused,
    note: noteFor(state.note ?? '', last),
    next: state.paused ? [] : info.nextActionTimes.slice(0, 3).map((time) => time.toISOString()),
    taken: info.numActionsTaken,
    skipped: info.numActionsSkippedOverlap,
    last,
    configHash: input.success ? input.data[0].configHash : null,
  }
}

/** What the server writes when it pauses a schedule by itself: a workflow id, of which nobody learns what failed. */
const serversNote = /^paused due to workflow (failure|timeout)/i

/** Our own note stands in most cases; the server's is all there is when no worker lived to write one. */
function noteFor(note: string, last: readonly NightRun[]): string {
  const failed = last.find(({ state }) => state === 'failed')
  if (!serversNote.test(note) || failed === undefined) return note
  return failedNightNote({
    at: failed.scheduledAt,
    cycle: null,
    phase: null,
    code: null,
    message: failed.words,
  })
}

/** `02:05` */
const timeText = (hour: number, minute: number): string =>
  [hour, minute].map((part) => String(part).padStart(2, '0')).join(':')

async function endOf(
  client: Client,
  workflowId: string,
): Promise<Pick<NightRun, 'state' | 'outcome' | 'words'>> {
  const { WorkflowNotFoundError } = await import('@temporalio/client')
  const handle = client.workflow.getHandle(workflowId)
  try {
    const { status } = await handle.describe()
    if (status.name === 'RUNNING') return { state: 'running', outcome: null, words: 'still running' }
    if (status.name === 'CANCELLED' || status.name === 'TERMINATED')
      return { state: 'stopped', outcome: null, words: 'stopped by a person' }
    return { state: 'completed', ...NightResult.parse(await handle.result()) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      return { state: 'forgotten', outcome: null, words: 'Temporal has forgotten it' }
    const { what, why } = explain(error)
    return { state: 'failed', outcome: null, words: [what, why].filter((text) => text !== '').join(' ') }
  }
}
