import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { selectBatch, type Candidate } from '../../../domain/batch-selection.ts'
import { splits } from '../../../domain/contracts/splits.ts'

const candidates = fc.uniqueArray(
  fc.record({
    image: fc.string({
      unit: fc.constantFrom(...Array.from('0123456789abcdef')),
      minLength: 4,
      maxLength: 8,
    }),
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

  test('apart from the audit, a group comes in twice only when no other is left', () => {
    fc.assert(
      fc.property(candidates, quota, (all, wanted) => {
        const groupOf = new Map(all.map(({ image, group }) => [image, group]))
        const picks = selectBatch(all, wanted)
        const used = new Set(
          picks.filter(({ kind }) => kind === 'audit').map(({ image }) => groupOf.get(image)),
        )
        const picked = new Set(picks.map(({ image }) => image))
        const openGroups = all.flatMap(({ image, group, split, priority }) =>
          split === 'train' && priority > 0 && !picked.has(image) ? [group] : [],
        )
        for (const { image } of picks.filter(({ kind }) => kind !== 'audit')) {
          const group = groupOf.get(image)
          if (used.has(group)) expect(openGroups.filter((open) => !used.has(open))).toEqual([])
          used.add(group)
        }
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

test('an image that nothing speaks for comes in by the audit alone', () => {
  expect(selectBatch(images(30), { ...base, diverseShare: 0.5 })).toEqual([])
  const picks = selectBatch(images(30), { ...base, auditShare: 0.2, diverseShare: 0.5 })
  expect(picks.map(({ kind }) => kind)).toEqual(['audit', 'audit'])
})

test('a small batch has an audit too, as soon as one is asked for', () => {
  const all = images(30, (index) => ({ priority: index + 1 }))
  const kinds = (auditShare: number) =>
    selectBatch(all, { ...base, size: 3, auditShare }).map(({ kind }) => kind)
  expect(kinds(0.05)).toEqual(['audit', 'ranked', 'ranked'])
  expect(kinds(0)).toEqual(['ranked', 'ranked', 'ranked'])
})

test('the audit is the same chance for every image, whatever its priority or group', () => {
  const all = images(20, (index) => ({ priority: index, group: index < 10 ? 'video' : String(index) }))
  const other = all.map((one) => ({ ...one, priority: 0, group: one.image }))
  const audited = (from: Candidate[]) =>
    selectBatch(from, { ...base, auditShare: 0.5 }).flatMap(({ kind, image }) =>
      kind === 'audit' ? [image] : [],
    )
  expect(audited(all)).toEqual(audited(other))
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
    priority: 1,
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
