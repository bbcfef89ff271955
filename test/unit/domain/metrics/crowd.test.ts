import { expect, test } from 'vitest'
import { withoutCrowds } from '../../../../domain/metrics/crowd.ts'
import { agreementBySize } from '../../../../domain/agreement.ts'
import { compareBoxSets } from '../../../../domain/compare-box-sets.ts'
import { differencesBetween } from '../../../../domain/disagreement.ts'
import { averagePrecision } from '../../../../domain/metrics/average-precision.ts'
import { confusionMatrix } from '../../../../domain/metrics/confusion.ts'
import { editFigures } from '../../../../domain/metrics/edit-figures.ts'
import { measureEffort } from '../../../../domain/metrics/effort.ts'
import { operatingThreshold } from '../../../../domain/metrics/operating-threshold.ts'
import { teacherPrecision } from '../../../../domain/teacher-precision.ts'
import type { TruthBox } from '../../../../domain/metrics/scored-images.ts'

const box = (name: string, x: number, score: number | null = null, size = 100) => ({
  class: name,
  xyxy: [x, 0, x + size, 100] as const,
  score,
})
const crowd: TruthBox = { class: 'cat', xyxy: [1000, 0, 2000, 100], crowd: true }
const image = (predicted: ReturnType<typeof box>[], truth: TruthBox[]) => ({ group: 'g', predicted, truth })

test('an image without a crowd is left as it is', () => {
  const [a, b] = [[box('cat', 0)], [box('cat', 0)]]
  const found = withoutCrowds(a, b)
  expect(found.a).toBe(a)
  expect(found.b).toBe(b)
})

test('a prediction goes with the crowd when half of it lies there and nothing else explains it', () => {
  const single = box('cat', 1000)
  const right = box('cat', 1010)
  const outside = box('cat', 940)
  const dog = box('dog', 1500)
  const part = box('cat', 1950)
  const found = withoutCrowds([right, outside, dog, part], [single, crowd])
  expect(found).toEqual({ a: [right, outside, dog], b: [single] })
  expect(withoutCrowds([single, crowd], [right, outside, dog, part])).toEqual({ a: found.b, b: found.a })
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

const herd = { ...box('cat', 1000, null, 1000), crowd: true }
const inside = [box('cat', 1100, 0.9), box('cat', 1300, 0.8)]
const found = box('cat', 0, 0.7)
const there = box('cat', 0)
const size = { width: 2000, height: 100 }

test('no path counts what lies in a crowd as a miss or as an invention, whichever side has the crowd', () => {
  const said = [found, ...inside]
  const truth = [there, herd]
  expect(averagePrecision([image(said, truth)], ['cat'])).toEqual(
    averagePrecision([image([found], [there])], ['cat']),
  )
  expect(measureEffort([image(said, truth)], ['cat'], 's')).toMatchObject({ precision: 1, recall: 1 })
  expect(confusionMatrix([image(said, truth)])).toEqual([{ truth: 'cat', predicted: 'cat', count: 1 }])
  expect(confusionMatrix([image(truth, said)])).toEqual([{ truth: 'cat', predicted: 'cat', count: 1 }])
  expect(differencesBetween(said, truth)).toEqual([])
  expect(differencesBetween(truth, said)).toEqual([])
  for (const [a, b] of [
    [said, truth],
    [truth, said],
  ] as const) {
    const compared = compareBoxSets([{ image: 'i', group: 'i', a, b }], 's')
    expect(compared).toMatchObject({ agreements: 1, f1: { value: 1 }, editsPerImage: { value: 0 } })
    expect(compared.classes[0]).toMatchObject({ a: a === said ? 3 : 1, b: a === said ? 1 : 3 })
  }
  const withHerd = agreementBySize([{ size, teacher: truth, student: said }])
  expect(withHerd).toEqual(agreementBySize([{ size, teacher: [there], student: [found] }]))
  const checked = teacherPrecision([{ size, draft: said, truth }])
  expect(checked.ofClass('cat')).toBe(
    teacherPrecision([{ size, draft: [found], truth: [there] }]).ofClass('cat'),
  )
  const draft = said.map((one) => ({ ...one, source: 'teacher' as const }))
  const rest = { group: 'g', stream: 'audit', reviewer: 'r', seconds: null } as const
  expect(editFigures([{ draft, review: truth, ...rest }], 's').all).toMatchObject({ deleted: 0, added: 0 })
})

test('a crowd excuses nothing of another class, and nothing that mostly lies outside', () => {
  const dog = box('dog', 1300, 0.9)
  const edge = box('cat', 920, 0.9)
  expect(differencesBetween([herd], [dog, edge]).map(({ student }) => student)).toEqual([dog, edge])
})
