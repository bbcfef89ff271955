import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import { currentCall } from '../../../activities/current-call.ts'

const callIdOf = (info: { activityId: string; attempt: number }): Promise<string> =>
  new MockActivityEnvironment(info).run(async () => currentCall().callId)

test('an attempt has one call id, the next attempt and another activity have others', async () => {
  const first = await callIdOf({ activityId: '7', attempt: 1 })
  expect(await callIdOf({ activityId: '7', attempt: 1 })).toBe(first)
  expect(await callIdOf({ activityId: '7', attempt: 2 })).not.toBe(first)
  expect(await callIdOf({ activityId: '8', attempt: 1 })).not.toBe(first)
})

test('a cancelled activity aborts its call', async () => {
  const environment = new MockActivityEnvironment()
  const reason = environment.run(async () => {
    const { signal } = currentCall()
    environment.cancel('WORKER_SHUTDOWN')
    return String(signal.reason)
  })
  expect(await reason).toContain('WORKER_SHUTDOWN')
})
