import type {
  CalendarSpec,
  Client,
  ScheduleDescription,
  ScheduleHandle,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
  Workflow,
} from '@temporalio/client'
import { taskQueue } from '../../domain/contracts/queues.ts'
import { nightlyId } from '../../domain/contracts/workflow-ids.ts'
import type { NightlyInput } from '../../domain/contracts/workflow-inputs.ts'
import { missingNights, type ClockMinute } from '../../domain/missing-nights.ts'

export interface Night {
  readonly project: string
  readonly configHash: string
  /** HH:MM, 24 hours. */
  readonly at: string
  /** IANA name. */
  readonly timezone: string
  readonly queuePrefix: string
}

/** A laptop that wakes up in the afternoon must not run the night then. */
export const catchUpMs = 3 * 60 * 60 * 1000

/** Stands on the page of each night in the web UI. */
const nightDetails = [
  'Collects reviews, drafts new images within the budget, trains when enough is new, and lets a better model take over.',
  '',
  'How the nights went, in words: `understudy schedule show`. After a failure: `understudy schedule resume`.',
].join('\n')

type NightlyOptions = ScheduleOptions<ScheduleOptionsStartWorkflowAction<Workflow>>

/** Years for which nights are put right across a clock change; each `up` and `schedule set` counts them anew. */
const yearsAhead = 5

/**
 * The schedule of a project's nights: one at a time, missed ones caught up within three hours, paused by a failure. A night
 * whose time does not exist, because the clock is put forward over it, is held as much later (Temporal would leave it out).
 */
export function nightlySchedule(
  { project, configHash, at, timezone, queuePrefix }: Night,
  thisYear = new Date().getUTCFullYear(),
): NightlyOptions {
  const [hour = 0, minute = 0] = at.split(':').map(Number)
  const moved = missingNights({ at, timezone }, { from: thisYear, years: yearsAhead })
  const input: NightlyInput = { v: 1, project, configHash }
  return {
    scheduleId: nightlyId(project),
    spec: {
      calendars: [{ hour, minute, comment: `every night at ${at}` }, ...moved.map(inCalendar)],
      timezone,
    },
    action: {
      type: 'startWorkflow',
      workflowType: 'nightly',
      workflowId: nightlyId(project),
      taskQueue: taskQueue('core', queuePrefix),
      args: [input],
      staticSummary: `${project}: night`,
      staticDetails: nightDetails,
    },
    policies: { overlap: 'SKIP', catchupWindow: catchUpMs, pauseOnFailure: true },
  }
}

const months = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const

const inCalendar = ({ year, month, day, hour, minute }: ClockMinute): CalendarSpec => ({
  year,
  month: months[month - 1] ?? 'JANUARY',
  dayOfMonth: day,
  hour,
  minute,
  comment: 'the clock is put forward over the usual time',
})

/** The zone of this machine. */
export const machineTimezone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone

/** Makes the schedule, or brings an existing one in line; whether it is paused stays as it is. */
export async function ensureNightlySchedule(client: Client, night: Night): Promise<'created' | 'updated'> {
  const { ScheduleAlreadyRunning } = await import('@temporalio/client')
  const { scheduleId, ...options } = nightlySchedule(night)
  try {
    await client.schedule.create({ scheduleId, ...options })
    return 'created'
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
  }
  await client.schedule.getHandle(scheduleId).update(({ state }) => ({ ...options, state }))
  return 'updated'
}

/** The schedule's handle and description; null when there is none. */
export async function findNightlySchedule(
  client: Client,
  project: string,
): Promise<{ handle: ScheduleHandle; description: ScheduleDescription } | null> {
  const { ScheduleNotFoundError } = await import('@temporalio/client')
  const handle = client.schedule.getHandle(nightlyId(project))
  try {
    return { handle, description: await handle.describe() }
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null
    throw error
  }
}
