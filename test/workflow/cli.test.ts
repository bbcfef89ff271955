import { expect, test } from 'vitest'
import { readCycle } from '../../cli/cycle/read-cycle.ts'
import { startCycleWorkflow } from '../../cli/cycle/start-cycle.ts'
import { ensureNightlySchedule, findNightlySchedule } from '../../cli/schedule/nightly-schedule.ts'
import { viewSchedule } from '../../cli/schedule/read-schedule.ts'
import { triggerNight } from '../../cli/schedule/trigger-night.ts'
import type { NightRun } from '../../cli/schedule/read-schedule.ts'
import { fakeLoop, type AllActivities } from './setup/fake-loop.ts'
import { command, withCommand, withProject } from './setup/with-command.ts'
import { eventually, withLoop, type Loop } from './setup/with-loop.ts'

const full = { mode: 'full', limit: null, approveTraining: false } as const
const signal = new AbortController().signal

const targetOf = ({ project, queue, input }: Loop) => ({
  name: project,
  configHash: input.configHash,
  queuePrefix: queue.replace(/core$/, ''),
})

/** A training that lasts until it is released. */
function heldTraining() {
  let release = (): void => {}
  const trained = new Promise<void>((resolve) => {
    release = resolve
  })
  const overrides: Partial<AllActivities> = {
    trainStudent: async () => {
      await trained
      return { model: 'f'.repeat(64), epochs: 2, seconds: 12, resumed: false }
    },
  }
  return { overrides, release: () => release() }
}

test('a second start says which phase the running cycle is in', async () => {
  const { overrides, release } = heldTraining()
  await withLoop(fakeLoop(overrides).activities, async (loop) => {
    await startCycleWorkflow(loop.client, targetOf(loop), full)
    await eventually('the training', async () => {
      const { progress } = await readCycle(loop.client, loop.project)
      return progress?.phase === 'train' ? true : undefined
    })
    await expect(startCycleWorkflow(loop.client, targetOf(loop), full)).rejects.toMatchObject({
      code: 'CycleBusy',
      why: expect.stringContaining('train: tiny from scratch'),
    })
    release()
  })
})

test('a cycle is none before it starts, and its verdict can be read when it has ended', async () => {
  await withLoop(fakeLoop().activities, async (loop) => {
    expect(await readCycle(loop.client, loop.project)).toMatchObject({ state: 'none', progress: null })
    const { workflowId } = await startCycleWorkflow(loop.client, targetOf(loop), full)
    await loop.client.workflow.getHandle(workflowId).result()
    expect(await readCycle(loop.client, loop.project)).toMatchObject({
      state: 'completed',
      result: { outcome: 'completed', verdict: 'first' },
      failure: null,
    })
  })
})

test('the command pauses, resumes, shows, watches and stops a running cycle', async () => {
  const { overrides, release } = heldTraining()
  await withLoop(fakeLoop(overrides).activities, async (loop) => {
    await withCommand(loop, async (understudy) => {
      expect(await understudy('cycle', 'pause', '--json')).toMatchObject({ code: 1, out: '' })
      await startCycleWorkflow(loop.client, targetOf(loop), full)
      await eventually('the training', async () => {
        const { progress } = await readCycle(loop.client, loop.project)
        return progress?.phase === 'train' ? true : undefined
      })
      expect(await understudy('cycle', 'pause')).toMatchObject({ code: 0, out: `${loop.project}: paused.` })
      const again = await understudy('cycle', 'pause', '--json')
      expect(JSON.parse(again.err).error).toMatchObject({
        code: 'BadInput',
        why: 'The cycle is paused already.',
      })
      const status = JSON.parse((await understudy('cycle', 'status', '--json')).out)
      expect(status).toMatchObject({ state: 'running', progress: { phase: 'train', paused: true } })
      expect(await understudy('cycle', 'resume')).toMatchObject({ code: 0 })
      expect(await understudy('cycle', 'finish-review')).toMatchObject({ code: 1 })

      const watching = understudy('cycle', 'watch', '--json')
      release()
      const watched = await watching
      const lines = watched.out.split('\n').map((line) => JSON.parse(line))
      expect(lines.at(-1)).toMatchObject({ state: 'completed', result: { outcome: 'completed' } })
      expect(watched.code).toBe(0)
      expect(await understudy('cycle', 'stop')).toMatchObject({ code: 1 })
    })
  })
})

test('Ctrl-C ends the watching with 130 and leaves the cycle running', async () => {
  const { overrides, release } = heldTraining()
  await withLoop(fakeLoop(overrides).activities, async (loop) => {
    await withProject(loop, async (call) => {
      await startCycleWorkflow(loop.client, targetOf(loop), full)
      const watching = command(call('cycle', 'watch'))
      await new Promise<void>((resolve) => {
        watching.stderr.on('data', (text: Buffer) => {
          if (text.includes('select')) resolve()
        })
      })
      watching.kill('SIGINT')
      const { exitCode, stderr } = await watching
      expect(exitCode).toBe(130)
      expect(stderr).toContain('goes on without you')
      expect(await readCycle(loop.client, loop.project)).toMatchObject({ state: 'running' })
      release()
    })
  })
})

test('stopping ends the cycle, and its state says so', async () => {
  const { overrides, release } = heldTraining()
  await withLoop(fakeLoop(overrides).activities, async (loop) => {
    await withCommand(loop, async (understudy) => {
      const { workflowId } = await startCycleWorkflow(loop.client, targetOf(loop), full)
      expect(await understudy('cycle', 'stop')).toMatchObject({ code: 0 })
      release()
      await loop.client.workflow
        .getHandle(workflowId)
        .result()
        .catch(() => {})
      expect(await readCycle(loop.client, loop.project)).toMatchObject({ state: 'stopped', result: null })
    })
  })
})

test('setting a schedule twice brings it in line and leaves it paused when it was', async () => {
  await withLoop(fakeLoop().activities, async (loop) => {
    const { name: project, configHash, queuePrefix } = targetOf(loop)
    const night = { project, configHash, queuePrefix, at: '02:00', timezone: 'Europe/Berlin' }
    expect(await ensureNightlySchedule(loop.client, night)).toBe('created')
    await withCommand(loop, async (understudy) => {
      expect(await understudy('schedule', 'pause', '--note', 'moving')).toMatchObject({ code: 0 })
      expect(
        await ensureNightlySchedule(loop.client, { ...night, at: '03:30', timezone: 'Asia/Tokyo' }),
      ).toBe('updated')
      const view = JSON.parse((await understudy('schedule', 'show', '--json')).out)
      expect(view).toMatchObject({ at: '03:30', timezone: 'Asia/Tokyo', paused: true, note: 'moving' })
      expect((await understudy('schedule', 'resume')).out).toMatch(/State +active/)
      expect(await understudy('schedule', 'remove')).toMatchObject({ code: 0 })
      expect(JSON.parse((await understudy('schedule', 'show', '--json')).out)).toEqual({ exists: false })
      const gone = await understudy('schedule', 'trigger', '--json')
      expect(JSON.parse(gone.err).error.code).toBe('NotFound')
    })
  })
})

test('a night triggered by hand runs once: a second one beside it is skipped', async () => {
  const { overrides, release } = heldTraining()
  await withLoop(fakeLoop(overrides).activities, async (loop) => {
    const { name: project, configHash, queuePrefix } = targetOf(loop)
    await ensureNightlySchedule(loop.client, {
      project,
      configHash,
      queuePrefix,
      at: '02:00',
      timezone: 'UTC',
    })
    const { handle } =
      (await findNightlySchedule(loop.client, project)) ?? expect.fail('there is no schedule')
    const first = await triggerNight(handle, signal)
    expect(first).toMatchObject({ started: true, workflowId: expect.stringContaining(`${project}:nightly`) })
    expect(await triggerNight(handle, signal)).toEqual({ started: false, workflowId: first.workflowId })
    release()
    const ended = await eventually<NightRun>('the night to end', async () => {
      const { last } = await viewSchedule(loop.client, await handle.describe())
      return last[0]?.state === 'completed' ? last[0] : undefined
    })
    expect(ended).toMatchObject({ outcome: 'completed', workflowId: first.workflowId })
    await handle.delete()
  })
})
