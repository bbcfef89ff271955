import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { selectBatch, type Candidate } from '../../../domain/batch-selection.ts'
import { splits } from '../../../domain/contracts/splits.ts'

const candidates = fc.uniqueArray(
  fc.record({
    image: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 4, maxLength: 8 }),
    group: fc.constantFrom('a', 'b', 'c', 'd'),
    split: fc.constantFrom(...splits),
    priority: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 5, noNaN: true })),
    vector: fc.array(fc.nat(9), { minLength: 2, maxLength: 2 }),
  }),
  { selector: ({ image }) => image, maxLength: 60 },
)
const quota = fc.record({
  size: fc.integer({ min: 1, max: 40 }),
  auditShare: fc.double({ min: 0, max: 1, noNaN: true }),
  diverseShare: fc.double({ min: 0, max: 1, noNaN: true }),
  seed: fc.string(),
})

describe('whatever the candidates and the quota', () => {
  test('no validation, test or quarantined image is ever picked', () => {
    fc.assert(
      fc.property(candidates, quota, (all, wanted) => {
        const splitOf = new Map(all.map(({ image, split }) => [image, split]))
        for (const { image } of selectBatch(all, wanted)) expect(splitOf.get(image)).toBe('train')
      }),
    )
  })

  test('no image is picked twice, and never more than asked for', () => {
    fc.assert(
      fc.property(candidates, quota, (all, wanted) => {
        const images = selectBatch(all, wanted).map(({ image }) => image)
        expect(new Set(images).size).toBe(images.length)
        expect(images.length).toBeLessThanOrEqual(wanted.size)
      }),
    )
  })

  test('the order of the candidates changes nothing', () => {
    fc.assert(
      fc.property(candidates, quota, (all, wanted) => {
        expect(selectBatch(all.toReversed(), wanted)).toEqual(selectBatch(all, wanted))
      }),
    )
  })
})

const images = (count: number, change: (index: number) => Partial<Candidate> = () => ({})): Candidate[] =>
  Array.from({ length: count }, (_, index) => ({
    image: String(index).padStart(3, '0'),
    group: String(index),
    split: 'train',
    priority: 0,
    vector: [index, 0],
    ...change(index),
  }))
const base = { size: 10, auditShare: 0, diverseShare: 0, seed: 'seed' }

test('the highest priorities are picked, highest first', () => {
  const picks = selectBatch(
    images(30, (index) => ({ priority: index })),
    base,
  )
  expect(picks.map(({ image }) => Number(image))).toEqual([29, 28, 27, 26, 25, 24, 23, 22, 21, 20])
})

test('an image against which nothing speaks is not routed as ranked', () => {
  expect(selectBatch(images(30), base)).toEqual([])
})

test('the audit share is drawn uniformly and carries its probability', () => {
  const all = images(40, (index) => ({ priority: index }))
  const seen = new Map<string, number>()
  for (let round = 0; round < 2000; round += 1) {
    for (const { image, kind, probability } of selectBatch(all, {
      ...base,
      auditShare: 0.5,
      seed: String(round),
    })) {
      if (kind !== 'audit') continue
      expect(probability).toBeCloseTo(5 / 40, 12)
      seen.set(image, (seen.get(image) ?? 0) + 1)
    }
  }
  for (const count of seen.values()) expect(Math.abs(count - 250)).toBeLessThan(80)
  expect(seen.size).toBe(40)
})

test('other groups come first, so that one video does not fill a batch', () => {
  const all = images(20, (index) => ({
    priority: 20 - index,
    group: index < 15 ? 'video' : `photo ${index}`,
  }))
  const picks = selectBatch(all, { ...base, size: 6 })
  expect(picks.map(({ image }) => Number(image))).toEqual([0, 15, 16, 17, 18, 19])
})

test('diverse images are far from each other and start with a typical one', () => {
  const all = images(5, (index) => ({
    vector:
      [
        [0, 0],
        [0.1, 0],
        [5, 5],
        [10, 10],
        [9.9, 10],
      ][index] ?? [],
  }))
  const picks = selectBatch(all, { ...base, size: 3, diverseShare: 1 })
  expect(picks.map(({ image }) => Number(image))).toEqual([2, 0, 3])
})
