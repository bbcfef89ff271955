import { describe, expect, test } from 'vitest'
import { measureEffort } from '../../../../domain/metrics/effort.ts'
import { operatingThreshold } from '../../../../domain/metrics/operating-threshold.ts'
import type { ScoredImage } from '../../../../domain/metrics/scored-images.ts'

type Spec = [name: string, x: number, size?: number, score?: number]
const boxes = (specs: Spec[]) =>
  specs.map(([name, x, size = 100, score]) => ({
    class: name,
    xyxy: [x, 0, x + size, 100] as const,
    score: score ?? null,
  }))
const image = (predicted: Spec[], truth: Spec[], group = 'g'): ScoredImage => ({
  group,
  predicted: boxes(predicted),
  truth: boxes(truth),
})
const effort = (...images: ScoredImage[]) => measureEffort(images, ['cat', 'dog'], 'seed')

describe('edits an image', () => {
  test.each([
    ['nothing to do when all is right', image([['cat', 0]], [['cat', 0]]), 0],
    ['nothing to do on an empty image that was left empty', image([], []), 0],
    ['one box to add', image([], [['cat', 0]]), 1],
    ['one box to delete', image([['cat', 0]], []), 1],
    ['one box to relabel', image([['dog', 0]], [['cat', 0]]), 1],
    ['one box to move', image([['cat', 30]], [['cat', 0]]), 1],
    ['a box far away is one to delete and one to add', image([['cat', 300]], [['cat', 0]]), 2],
  ])('%s', (_, scene, expected) => {
    expect(effort(scene).editsPerImage.value).toBe(expected)
  })
})

test('F1 counts true positives at IoU 0.5 over all images', () => {
  const found = effort(
    image(
      [
        ['cat', 0],
        ['cat', 300],
      ],
      [['cat', 0]],
    ),
    image([], [['dog', 0]]),
  )
  expect(found.f1.value).toBeCloseTo(2 / (2 + 1 + 1), 12)
  expect(found).toMatchObject({ precision: 0.5, recall: 0.5 })
  expect(found.byClass.dog).toMatchObject({ f1: 0, recall: 0, boxes: 1 })
})

test('the interval covers the value and is the same for the same seed', () => {
  const scenes = Array.from({ length: 20 }, (_, index) =>
    image([['cat', index % 3 === 0 ? 300 : 0]], [['cat', 0]], `group ${index}`),
  )
  const { f1 } = effort(...scenes)
  expect(f1.low).toBeLessThan(f1.value)
  expect(f1.high).toBeGreaterThan(f1.value)
  expect(effort(...scenes).f1).toEqual(f1)
})

test('images of one group stand or fall together, so a single group has no spread', () => {
  const { f1 } = effort(image([['cat', 0]], [['cat', 0]]), image([], [['cat', 0]]))
  expect(f1.low).toBe(f1.high)
})

test('the operating threshold separates right boxes from wrong ones', () => {
  const scenes = [
    image(
      [
        ['cat', 0, 100, 0.8],
        ['cat', 300, 100, 0.4],
      ],
      [['cat', 0]],
    ),
  ]
  const threshold = operatingThreshold(scenes)
  expect(threshold).toBeGreaterThan(0.4)
  expect(threshold).toBeLessThanOrEqual(0.8)
})

test('a student that finds nothing is not called precise', () => {
  expect(effort(image([], [['cat', 0]]))).toMatchObject({
    precision: 0,
    recall: 0,
    byClass: { cat: { precision: 0 } },
  })
  expect(effort(image([], []))).toMatchObject({ precision: 1, recall: 1 })
})
