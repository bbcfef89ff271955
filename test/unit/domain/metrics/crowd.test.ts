import { expect, test } from 'vitest'
import { withoutCrowd } from '../../../../domain/metrics/crowd.ts'
import { measureEffort } from '../../../../domain/metrics/effort.ts'
import { operatingThreshold } from '../../../../domain/metrics/operating-threshold.ts'
import type { TruthBox } from '../../../../domain/metrics/scored-images.ts'

const box = (name: string, x: number, score: number | null = null, size = 100) => ({
  class: name,
  xyxy: [x, 0, x + size, 100] as const,
  score,
})
const crowd: TruthBox = { class: 'cat', xyxy: [1000, 0, 2000, 100], crowd: true }
const image = (predicted: ReturnType<typeof box>[], truth: TruthBox[]) => ({ group: 'g', predicted, truth })

test('an image without a crowd is left as it is', () => {
  const scene = image([box('cat', 0)], [box('cat', 0)])
  expect(withoutCrowd(scene)).toBe(scene)
})

test('a prediction goes with the crowd when half of it lies there and nothing else explains it', () => {
  const single = box('cat', 1000)
  const right = box('cat', 1010)
  const outside = box('cat', 940)
  const dog = box('dog', 1500)
  const part = box('cat', 1950)
  const scene = withoutCrowd(image([right, outside, dog, part], [single, crowd]))
  expect(scene.predicted).toEqual([right, outside, dog])
  expect(scene.truth).toEqual([single])
})

test('a crowd asks for no edits and changes neither precision nor recall', () => {
  const predicted = [box('cat', 0), box('cat', 1100), box('cat', 1300)]
  const truth = [box('cat', 0), box('cat', 300)]
  const found = measureEffort([image(predicted, [...truth, crowd])], ['cat'], 'seed')
  expect(found).toMatchObject({ precision: 1, recall: 0.5, editsPerImage: { value: 1 } })
  expect(found.byClass.cat).toMatchObject({ boxes: 2, right: 1, wrong: 0, missed: 1 })
  const bare = measureEffort([image(predicted, truth)], ['cat'], 'seed')
  expect(bare.byClass.cat).toMatchObject({ boxes: 2, right: 1, wrong: 2, missed: 1 })
})

test('the operating threshold is not raised for the sake of boxes in a crowd', () => {
  const predicted = [box('cat', 0, 0.3), box('cat', 1100, 0.9), box('cat', 1300, 0.8), box('cat', 400, 0.1)]
  const threshold = operatingThreshold([image(predicted, [box('cat', 0), crowd])])
  expect(threshold).toBeGreaterThan(0.1)
  expect(threshold).toBeLessThanOrEqual(0.3)
})
