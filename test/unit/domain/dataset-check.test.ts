import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkLines, type CheckedImage, type FindingKind } from '../../../domain/dataset-check.ts'
import { hammingDistance, parseDhash } from '../../../domain/dhash.ts'
import { isUninformative, nearDuplicateBits } from '../../../domain/near-duplicates.ts'

const classes = ['cat']
let images = 0
const good = (changes: Partial<CheckedImage> = {}): CheckedImage => {
  images += 1
  const name = String(images)
  return {
    image: name,
    group: name,
    split: 'train',
    width: 640,
    height: 480,
    boxes: [{ class: 'cat', xyxy: [10, 10, 100, 100] }],
    dhash: ((BigInt(images) * 0x9e3779b97f4a7c15n) % 2n ** 64n).toString(16).padStart(16, '0'),
    storedSha256: name,
    ...changes,
  }
}
const boxed = (...xyxy: [number, number, number, number]) => [{ class: 'cat', xyxy } as const]
const triangle = [
  [10, 10],
  [90, 10],
  [50, 90],
] as const
const held = () => [good({ split: 'val' }), good({ split: 'test' })]
const kinds = (found: readonly CheckedImage[], names = classes): FindingKind[] =>
  checkLines(found, names).map(({ kind }) => kind)

test('finds nothing in a sound version', () => {
  expect(checkLines([good(), good({ boxes: [] }), ...held()], classes)).toEqual([])
})

test.each<[string, CheckedImage[], FindingKind]>([
  ['one group in two splits', [good({ group: 'g' }), good({ group: 'g', split: 'val' })], 'group-leak'],
  [
    'the same picture in two splits',
    [good({ storedSha256: 's' }), good({ storedSha256: 's', split: 'test' })],
    'exact-duplicate-leak',
  ],
  [
    'nearly the same picture in two splits',
    [good({ dhash: 'aaaaaaaa55555555' }), good({ dhash: 'aaaaaaaa55555557', split: 'test' })],
    'near-duplicate-leak',
  ],
  [
    'nearly the same picture twice in one split',
    [good({ dhash: 'aaaaaaaa55555555' }), good({ dhash: 'aaaaaaaa55555557' })],
    'near-duplicate',
  ],
  ['an unreviewed draft held out', [good({ split: 'val', unreviewed: true })], 'held-out-draft'],
  ['a box that reaches out of its image', [good({ boxes: boxed(600, 10, 641, 60) })], 'box-outside'],
  ['a box without area', [good({ boxes: boxed(10, 10, 10.5, 60) })], 'degenerate-box'],
  [
    'a box of a class that is not listed',
    [good({ boxes: [{ class: 'dog', xyxy: [0, 0, 99, 99] }] })],
    'unknown-class',
  ],
  ['a box below one cell of the finest grid', [good({ boxes: boxed(10, 10, 17, 60) })], 'tiny-box'],
])('finds %s', (_, found, kind) => {
  expect(kinds([...found, good(), ...held()])).toEqual([kind])
})

test('a thin box is tiny by the scale of its image, not by its pixels', () => {
  const large = { width: 6400, height: 4800 }
  expect(kinds([good({ ...large, boxes: boxed(0, 0, 79, 500) }), ...held()])).toEqual(['tiny-box'])
  expect(kinds([good({ ...large, boxes: boxed(0, 0, 81, 500) }), ...held()])).toEqual([])
})

test('says which classes cannot be learnt, which cannot be measured, and which are drowned by others', () => {
  const many = Array.from({ length: 20 }, () => ({ class: 'cat', xyxy: [10, 10, 100, 100] as const }))
  const found = checkLines(
    [good({ boxes: [...many, { class: 'dog', xyxy: [0, 0, 99, 99] }] }), ...held()],
    ['cat', 'dog', 'cow'],
  )
  expect(found.map(({ kind, subject }) => [kind, subject])).toEqual([
    ['class-not-tested', 'dog'],
    ['class-without-examples', 'cow'],
    ['class-imbalance', 'dog'],
  ])
})

test('a leak by looks is found exactly where two splits hold pictures that look alike', () => {
  const hash = fc.tuple(
    fc.constantFrom<bigint>(0xaaaa5555aaaa5555n, 0x123456789abcdef0n),
    fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 7 }),
  )
  const drawn = hash.map(([base, bits]) =>
    bits
      .reduce((sum, bit) => sum ^ (1n << BigInt(bit)), base)
      .toString(16)
      .padStart(16, '0'),
  )
  fc.assert(
    fc.property(
      fc.array(fc.record({ dhash: drawn, split: fc.constantFrom('train', 'test') }), { maxLength: 12 }),
      (given) => {
        const found = given.map((one) => good(one))
        const leaks = found.some((a) =>
          found.some(
            (b) =>
              a.split !== b.split &&
              !isUninformative(a.dhash) &&
              hammingDistance(parseDhash(a.dhash), parseDhash(b.dhash)) <= nearDuplicateBits,
          ),
        )
        expect(kinds(found).includes('near-duplicate-leak')).toBe(leaks)
      },
    ),
  )
})

test('finds boxes without an outline, but only where others have one, and crowds need none', () => {
  const outlined = boxed(10, 10, 90, 90).map((box) => ({ ...box, polygons: [triangle] }))
  const crowd = boxed(200, 10, 400, 90).map((box) => ({ ...box, crowd: true }))
  const all = [
    good({ boxes: [...outlined, ...crowd] }),
    ...held().map((one) => ({ ...one, boxes: outlined })),
  ]
  expect(checkLines(all, classes)).toEqual([])
  const [found, ...more] = checkLines(
    [...all, good({ boxes: [...outlined, ...boxed(200, 200, 300, 300)] })],
    classes,
  )
  expect(found).toMatchObject({ kind: 'no-outline', detail: expect.stringContaining('1 of 2 boxes') })
  expect(more).toEqual([])
})
