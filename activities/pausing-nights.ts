import { ScheduleNotFoundError, type Client } from '@temporalio/client'
import type { CoreActivities } from '../domain/contracts/activities.ts'
import type { CycleProgress } from '../domain/contracts/cycle-progress.ts'
import { cycleId, nightlyId } from '../domain/contracts/workflow-ids.ts'
import { failedNightNote } from '../domain/night-in-words.ts'

type Place = Pick<CycleProgress, 'cycle' | 'phase'>

/** Pauses the schedule with our own note: the server pauses it after a failure, too, but can only name the workflow. */
export function createNightActivities({
  client,
}: {
  readonly client: () => Client
}): Pick<CoreActivities, 'pauseNights'> {
  return {
    async pauseNights({ project, night, code, message }) {
      const place = await placeOfFailure(client(), project, new Date(night))
      const note = failedNightNote({
        at: night,
        cycle: place?.cycle ?? null,
        phase: place?.phase ?? null,
        code,
        message,
      })
      try {
        await client().schedule.getHandle(nightlyId(project)).pause(note)
        return { paused: true }
      } catch (error) {
        if (error instanceof ScheduleNotFoundError) return { paused: false }
        throw error
      }
    },
  }
}

/** Where the night's cycle was; null when it did not get far enough to say, or is not the night's. */
async function placeOfFailure(client: Client, project: string, since: Date): Promise<Place | null> {
  const handle = client.workflow.getHandle(cycleId(project))
  try {
    const { startTime } = await handle.describe()
    if (startTime < since) return null
    const { cycle, phase } = await handle.query<CycleProgress>('progress')
    return { cycle, phase }
  } catch {
    return null
  }
}
