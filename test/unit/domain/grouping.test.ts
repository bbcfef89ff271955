import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { assignGroups, type GroupedImage, type ImageToGroup } from '../../../domain/grouping.ts'
import { hammingDistance, parseDhash } from '../../../domain/dhash.ts'
import { seededRandom } from '../../../domain/seeded-random.ts'

const fractions = { val: 0.2, test: 0.2 }
const image = (n: number): string => n.toString(16).padStart(64, '0')
const hex = (random: () => number): string =>
  Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('')
const flip = (hash: string, bits: readonly number[]): string => {
  let value = BigInt(`0x${hash}`)
  for (const bit of bits) value ^= 1n << BigInt(bit)
  return value.toString(16).padStart(16, '0')
}
const base = '5a3c96e1f00f8877'
const far = 'a5c3691e0ff07788'
const grouped = (n: number, dhash: string, group: string, split: GroupedImage['split']): GroupedImage => ({
  image: image(n),
  dhash,
  group,
  split,
})

/** Pictures in clusters of near-duplicates, some in a recording, in any order. */
const arrivals = fc
  .record({
    seed: fc.integer(),
    clusters: fc.array(
      fc.record({
        copies: fc.integer({ min: 1, max: 4 }),
        source: fc.option(fc.constantFrom('a', 'b', 'c')),
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ seed, clusters }): ImageToGroup[] => {
    const random = seededRandom(String(seed))
    let n = 0
    return clusters.flatMap(({ copies, source }) => {
      const hash = hex(random)
      return Array.from({ length: copies }, () => ({
        image: image(++n),
        dhash: flip(hash, [Math.floor(random() * 64), Math.floor(random() * 64)]),
        sourceGroup: source,
      }))
    })
  })

it('keeps images of one recording together and unrelated images apart', () => {
  const answers = assignGroups(
    [],
    [
      { image: image(1), dhash: base, sourceGroup: 'video1' },
      { image: image(2), dhash: far, sourceGroup: 'video1' },
      { image: image(3), dhash: '0123456789abcdef', sourceGroup: null },
    ],
    fractions,
  )
  expect(answers.map(({ group }) => group)).toEqual(['source:video1', 'source:video1', `image:${image(3)}`])
})

it.each([
  ['8 bits apart are near-duplicates', [0, 9, 18, 27, 36, 45, 54, 63], true],
  ['8 bits in one byte are near-duplicates', [0, 1, 2, 3, 4, 5, 6, 7], true],
  ['9 bits apart are not', [0, 1, 2, 3, 4, 5, 6, 7, 8], false],
])('%s', (_, bits, together) => {
  const [a, b] = assignGroups(
    [],
    [
      { image: image(1), dhash: base, sourceGroup: null },
      { image: image(2), dhash: flip(base, bits), sourceGroup: null },
    ],
    fractions,
  )
  expect(a?.group === b?.group).toBe(together)
})

it('does not tie pictures together whose hash says nothing', () => {
  const flat = ['0000000000000000', '0000000000000000', 'ffffffffffffffff', 'fffffffffffffffe']
  const answers = assignGroups(
    [],
    flat.map((dhash, n) => ({ image: image(n), dhash, sourceGroup: null })),
    fractions,
  )
  expect(new Set(answers.map(({ group }) => group)).size).toBe(4)
})

it('gives a new near-duplicate the group and split of the image it resembles', () => {
  const existing = [grouped(1, base, 'image:x', 'val')]
  const answers = assignGroups(
    existing,
    [{ image: image(2), dhash: flip(base, [3]), sourceGroup: null }],
    fractions,
  )
  expect(answers).toEqual([{ image: image(2), group: 'image:x', split: 'val' }])
})

it('quarantines an image that resembles images of two splits, and only that one', () => {
  const existing = [grouped(1, base, 'image:x', 'val'), grouped(2, far, 'source:video1', 'train')]
  const answers = assignGroups(
    existing,
    [
      { image: image(3), dhash: flip(base, [1]), sourceGroup: 'video1' },
      { image: image(4), dhash: flip(base, [2]), sourceGroup: null },
      { image: image(5), dhash: '0123456789abcdef', sourceGroup: 'video1' },
    ],
    fractions,
  )
  expect(answers.map(({ split }) => split)).toEqual(['quarantined', 'val', 'train'])
})

it('quarantines all of a chain of new images that connects two splits', () => {
  const existing = [grouped(1, base, 'image:x', 'val'), grouped(2, far, 'image:y', 'train')]
  const answers = assignGroups(
    existing,
    [
      { image: image(3), dhash: flip(base, [1]), sourceGroup: 'walk' },
      { image: image(4), dhash: flip(far, [1]), sourceGroup: 'walk' },
    ],
    fractions,
  )
  expect(answers.map(({ split }) => split)).toEqual(['quarantined', 'quarantined'])
})

it('quarantines a near-duplicate of a quarantined image, and an equal twin of a bridge', () => {
  const quarantined = grouped(1, base, 'quarantined:1', 'quarantined')
  const [twin] = assignGroups([quarantined], [{ image: image(2), dhash: base, sourceGroup: null }], fractions)
  expect(twin?.split).toBe('quarantined')

  const between = flip(base, [0, 1, 2, 3, 4])
  const existing = [
    grouped(1, base, 'a', 'val'),
    grouped(2, flip(between, [9, 10, 11, 12, 13]), 'b', 'train'),
  ]
  const twins = [5, 6].map((n) => ({ image: image(n), dhash: between, sourceGroup: null }))
  expect(assignGroups(existing, twins, fractions).map(({ split }) => split)).toEqual([
    'quarantined',
    'quarantined',
  ])
})

it('keeps near-duplicates and recordings in one split, whatever arrives in whatever order', () => {
  fc.assert(
    fc.property(arrivals, fc.integer(), (images, seed) => {
      const random = seededRandom(String(seed))
      const shuffled = [...images].sort(() => random() - 0.5)
      const answers = new Map(assignGroups([], images, fractions).map((answer) => [answer.image, answer]))
      for (const answer of assignGroups([], shuffled, fractions)) {
        expect(answer).toEqual(answers.get(answer.image))
      }
      for (const a of images) {
        for (const b of images) {
          const near = hammingDistance(parseDhash(a.dhash), parseDhash(b.dhash)) <= 8
          if (near || (a.sourceGroup !== null && a.sourceGroup === b.sourceGroup)) {
            expect(answers.get(a.image)?.group).toBe(answers.get(b.image)?.group)
            expect(answers.get(a.image)?.split).toBe(answers.get(b.image)?.split)
          }
        }
      }
    }),
    { numRuns: 60 },
  )
})

it('never changes an earlier answer, and never lets two splits share a look when images come in two parts', () => {
  fc.assert(
    fc.property(arrivals, fc.nat(), (images, cut) => {
      const at = images.length === 0 ? 0 : cut % images.length
      const first = assignGroups([], images.slice(0, at), fractions)
      const bySource = new Map(images.map((entry) => [entry.image, entry]))
      const existing = first.map((answer) => ({ ...bySource.get(answer.image)!, ...answer }))
      const all = assignGroups(existing, images, fractions)
      expect(all.slice(0, at)).toEqual(first)
      for (const a of all) {
        for (const b of all) {
          if (a.split === 'quarantined' || b.split === 'quarantined') continue
          const distance = hammingDistance(
            parseDhash(bySource.get(a.image)!.dhash),
            parseDhash(bySource.get(b.image)!.dhash),
          )
          if (distance <= 8) expect(a.split).toBe(b.split)
        }
      }
    }),
    { numRuns: 60 },
  )
})

it('holds out about the shares that were asked for', () => {
  const random = seededRandom('shares')
  const images = Array.from({ length: 2000 }, (_, n) => ({
    image: image(n),
    dhash: hex(random),
    sourceGroup: null,
  }))
  const answers = assignGroups([], images, fractions)
  const share = (split: string): number => answers.filter((answer) => answer.split === split).length / 2000
  expect(share('val')).toBeCloseTo(0.2, 1)
  expect(share('test')).toBeCloseTo(0.2, 1)
})
