import { expect, test } from 'vitest'
import { createProgressMessenger } from '../../../activities/tell-progress.ts'
import type { TrainingProgressView } from '../../../domain/contracts/training-progress.ts'

const at = (epoch: number, epochs: number): TrainingProgressView => ({
  runId: 'run',
  epoch,
  epochs,
  losses: {},
  map50: null,
  map: null,
  etaSeconds: null,
  waitsFor: null,
})
const workflow = { workflowId: 'w', runId: 'r' }

function play(epochs: number, secondsPerEpoch: number): number[] {
  const sent: number[] = []
  let now = 0
  const tell = createProgressMessenger(
    async (_to, { epoch }) => void sent.push(epoch),
    workflow,
    () => now,
  )
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    now += secondsPerEpoch * 1000
    tell(at(epoch, epochs))
  }
  return sent
}

test('a short training tells its first and last epoch, and some between', () => {
  const sent = play(20, 2)
  expect(sent[0]).toBe(1)
  expect(sent.at(-1)).toBe(20)
  expect(sent.length).toBeGreaterThan(3)
})

test('a day of training is told in some hundred messages', () => {
  expect(play(24 * 60, 60).length).toBeLessThan(150)
})

test('a workflow that is gone is no failure of the training', async () => {
  const tell = createProgressMessenger(
    async () => Promise.reject(new Error('gone')),
    workflow,
    () => 0,
  )
  expect(() => tell(at(1, 1))).not.toThrow()
  await Promise.resolve()
})
