import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { compute } from '../../../activities/figures/compute.ts'
import { offLoop } from '../../../activities/figures/off-loop.ts'
import type { PairedImage } from '../../../domain/metrics/paired-comparison.ts'
import { seededRandom } from '../../../domain/seeded-random.ts'

const random = seededRandom('off loop')
const boxesOn = (image: number, wobble: number) =>
  Array.from({ length: 8 }, (_, index) => {
    const x = (image % 5) * 10 + index * 60 + wobble * random()
    return { class: `class ${index % 3}`, xyxy: [x, 0, x + 50, 50] as const, score: random() }
  })
const images = Array.from({ length: 60 }, (_, index): PairedImage => ({
  group: `group ${index}`,
  truth: boxesOn(index, 0),
  challenger: boxesOn(index, 20),
  champion: boxesOn(index, 25),
}))
const input = {
  images,
  classes: ['class 0', 'class 1', 'class 2'],
  rules: { minImages: 1, margin: 0.02, seed: 'seed' },
}

/** Longest time in milliseconds in which nothing else had a turn while `work` was under way. */
async function longestPause(work: () => Promise<unknown>): Promise<number> {
  const state = { done: false }
  let [longest, last] = [0, performance.now()]
  const beat = async (): Promise<void> => {
    while (!state.done) {
      await pause(5)
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
  }
  const beating = beat()
  await work()
  state.done = true
  await beating
  return longest
}

test('a judgement leaves the event loop its rhythm, and gives what it gives on the loop', async () => {
  let onLoop
  const blocked = await longestPause(async () => {
    await pause(20)
    onLoop = compute.judgement(input)
  })
  let offTheLoop
  const free = await longestPause(async () => {
    offTheLoop = await offLoop('judgement', input)
  })
  expect(offTheLoop).toEqual(onLoop)
  // The same work on the loop is what the pause is measured against, so that a slow machine changes both.
  expect(blocked).toBeGreaterThan(60)
  expect(free).toBeLessThan(blocked / 3)
})

test('a thread that fails is a typed error that may be tried again', async () => {
  const unscored = images.map((image) => ({
    ...image,
    challenger: image.challenger.map((box) => ({ ...box, score: null })),
  }))
  await expect(offLoop('judgement', { ...input, images: unscored })).rejects.toMatchObject({
    code: 'Internal',
    retryable: true,
    message: expect.stringContaining('needs a score') as string,
  })
})
