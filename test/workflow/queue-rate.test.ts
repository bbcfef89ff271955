import { expect, test } from 'vitest'
import { createQueueRate } from '../../activities/queue-rate.ts'
import { cycleId } from '../../domain/contracts/workflow-ids.ts'
import { fakeLoop } from './setup/fake-loop.ts'
import { withLoop } from './setup/with-loop.ts'

const images = 24

test('a rate that is set on the server holds for its workers, can be changed while they run, and taken back', async () => {
  const times: number[] = []
  const { activities } = fakeLoop(
    {
      draftImage: async () => {
        times.push(performance.now() / 1000)
        return { status: 'ok', boxes: 1, usd: 0, tokens: 1, paid: true }
      },
    },
    { images },
  )
  await withLoop(activities, async ({ client, project, queue, input }) => {
    const setRate = createQueueRate({ client: () => client, queue: queue.replace(/core$/, 'gemini') })
    const draftAll = async (): Promise<number> => {
      times.length = 0
      const args = [{ ...input, mode: 'draft' }]
      const workflowId = cycleId(project)
      await client.workflow.execute('cycle', { workflowId, taskQueue: queue, args })
      expect(times).toHaveLength(images)
      return (times.at(-1) ?? 0) - (times[0] ?? 0)
    }
    await setRate(4)
    // A burst of one second's worth at first, then four a second.
    expect(await draftAll()).toBeGreaterThan(((images - 4) / 4) * 0.9)
    await setRate(12)
    const faster = await draftAll()
    expect(faster).toBeLessThan((images - 4) / 4)
    expect(faster).toBeGreaterThan(((images - 12) / 12) * 0.9)
    await setRate(null)
    expect(await draftAll()).toBeLessThan(faster)
  })
})
