import { expect, test } from 'vitest'
import { createNightActivities } from '../../activities/pausing-nights.ts'
import {
  ensureNightlySchedule,
  findNightlySchedule,
  nightlySchedule,
} from '../../cli/schedule/nightly-schedule.ts'
import { viewSchedule, type NightRun, type ScheduleView } from '../../cli/schedule/read-schedule.ts'
import { failWith, fakeLoop, type AllActivities } from './setup/fake-loop.ts'
import { withCommand } from './setup/with-command.ts'
import { eventually, withLoop, type Loop } from './setup/with-loop.ts'

const model = 'f'.repeat(64)
/** Several nights with commands between them. */
const several = { timeout: 240_000 }
const deadlineMs = 60_000

/** A project in which people review and the champion learns: what the nights decide by. */
function createWorld() {
  const world = { reviewed: 8, learnt: 0, isBroken: false }
  const overrides: Partial<AllActivities> = {
    buildDataset: async () => ({
      dataset: 'd'.repeat(64),
      images: world.reviewed,
      train: world.reviewed,
      val: 1,
      test: 1,
      boxes: 40,
      newSinceChampion: world.reviewed - world.learnt,
    }),
    trainStudent: async () =>
      world.isBroken ? failWith('TrainerFailed') : { model, epochs: 2, seconds: 12, resumed: false },
    judgeChallenger: async () => {
      world.learnt = world.reviewed
      return { verdict: 'better', promoted: true, champion: model, words: 'better' }
    },
  }
  return { world, overrides }
}

/** The real schedule, but for its clock: a night every two seconds instead of every day. */
async function startNights({ client, project, queue, input }: Loop) {
  const night = { project, configHash: input.configHash, queuePrefix: queue.replace(/core$/, '') }
  const { scheduleId, ...options } = nightlySchedule({ ...night, at: '02:00', timezone: 'UTC' })
  const handle = await client.schedule.create({
    scheduleId,
    ...options,
    spec: { intervals: [{ every: '2s' }] },
  })
  return {
    handle,
    view: async (): Promise<ScheduleView> => viewSchedule(client, await handle.describe()),
  }
}

const ofOutcome = (outcome: NightRun['outcome'], after?: NightRun) => (view: ScheduleView) =>
  view.last.find(
    (night) => night.outcome === outcome && (after === undefined || night.scheduledAt > after.scheduledAt),
  )

test(
  'nights go on by themselves: one trains and promotes, the next finds nothing new, a failure pauses them until a person resumes',
  several,
  async () => {
    const { world, overrides } = createWorld()
    const { activities } = fakeLoop(overrides)
    const real = (client: Loop['client']): AllActivities => ({
      ...activities,
      ...createNightActivities({ client: () => client }),
    })
    await withLoop(real, async (loop) => {
      const { handle, view } = await startNights(loop)
      const trained = await eventually(
        'a night that trains',
        async () => ofOutcome('completed')(await view()),
        deadlineMs,
      )
      expect(trained.words).toBe('Trained and judged in cycle 1: better, the new champion.')

      const idle = await eventually(
        'a night with nothing new',
        async () => ofOutcome('nothing-new', trained)(await view()),
        deadlineMs,
      )
      expect(idle.words).toContain('Nothing new')

      world.reviewed += 8
      world.isBroken = true
      const paused = await eventually(
        'the pause',
        async () => {
          const now = await view()
          return now.paused && now.last[0]?.state === 'failed' ? now : undefined
        },
        deadlineMs,
      )
      expect(paused.note).toMatch(
        /^The night of \d{4}-\d\d-\d\d \d\d:\d\d UTC failed in cycle 1, phase train \(TrainerFailed\): scripted TrainerFailed\. No night starts until you resume\./,
      )
      expect(paused.next).toEqual([])

      await withCommand(loop, async (understudy) => {
        const { code, out, err } = await understudy('schedule', 'show')
        expect({ code, err }).toEqual({ code: 0, err: expect.any(String) })
        expect(out).toMatch(/State +paused: The night of/)
        expect(out).toMatch(/Next +none while paused/)
        expect(out).toMatch(/ failed +/)
        world.isBroken = false
        expect(await understudy('schedule', 'resume')).toMatchObject({ code: 0 })
      })
      // Only nights of after the pause: the reviews that the failed one left behind are trained now.
      const next = await eventually(
        'the night after',
        async () => ofOutcome('completed', paused.last[0])(await view()),
        deadlineMs,
      )
      expect(next.words).toContain('the new champion')
      await handle.delete()
    })
  },
)

test('a night whose worker could not tell what failed is explained all the same', several, async () => {
  const { overrides, world } = createWorld()
  world.isBroken = true
  await withLoop(fakeLoop(overrides).activities, async (loop) => {
    const { handle, view } = await startNights(loop)
    const paused = await eventually(
      'the pause',
      async () => {
        const now = await view()
        return now.paused && now.last[0]?.state === 'failed' ? now : undefined
      },
      deadlineMs,
    )
    expect((await handle.describe()).state.note).toMatch(/^paused due to workflow failure/i)
    expect(paused.note).toMatch(/^The night of .* failed: scripted TrainerFailed\..*schedule resume/)
    await handle.delete()
  })
})

test('a cycle that a person stops ends the night without pausing the nights', several, async () => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const trainStudent = async () => {
    await held
    return { model, epochs: 2, seconds: 12, resumed: false }
  }
  await withLoop(fakeLoop({ trainStudent }).activities, async (loop) => {
    const { handle, view } = await startNights(loop)
    await withCommand(loop, async (understudy) => {
      await eventually(
        'the training',
        async () => {
          const status = JSON.parse((await understudy('cycle', 'status', '--json')).out)
          return status.progress?.phase === 'train' ? true : undefined
        },
        deadlineMs,
      )
      expect(await understudy('cycle', 'stop')).toMatchObject({ code: 0 })
    })
    release()
    const stopped = await eventually(
      'the stopped night',
      async () => ofOutcome('stopped')(await view()),
      deadlineMs,
    )
    expect(stopped.words).toContain('stopped by a person')
    expect((await view()).paused).toBe(false)
    await handle.delete()
  })
})

test.each(['Europe/Berlin', 'America/New_York'])(
  'a night at 02:30 in %s is held once on every day, also when the clock is put forward or back',
  async (timezone) => {
    await withLoop(fakeLoop().activities, async (loop) => {
      const { client, project } = loop
      const night = { project, configHash: loop.input.configHash, queuePrefix: '', at: '02:30', timezone }
      await ensureNightlySchedule(client, night)
      const from = Date.UTC(new Date().getUTCFullYear() + 1, 0, 1, 12)
      const { startTime } = await client.workflowService.listScheduleMatchingTimes({
        namespace: 'default',
        scheduleId: `${project}:nightly`,
        startTime: { seconds: from / 1000 } as never,
        endTime: { seconds: from / 1000 + 364 * 24 * 60 * 60 } as never,
      })
      const clock = new Intl.DateTimeFormat('sv-SE', {
        dateStyle: 'short',
        timeStyle: 'short',
        timeZone: timezone,
      })
      const nights = startTime.map(({ seconds }) => clock.format(Number(seconds) * 1000).split(' '))
      expect(nights).toHaveLength(364)
      expect(new Set(nights.map(([day]) => day)).size).toBe(364)
      expect(nights.map(([, time]) => time).filter((time) => time !== '02:30')).toEqual(['03:30'])
      await (await findNightlySchedule(client, project))?.handle.delete()
    })
  },
)
