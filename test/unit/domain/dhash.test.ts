import { expect, it } from 'vitest'
import { differenceHash, hammingDistance, parseDhash, popcount32 } from '../../../domain/dhash.ts'

const picture = (row: readonly number[]): number[] => Array.from({ length: 8 }, () => row).flat()

it.each([
  ['a picture that brightens to the right sets every bit', [1, 2, 3, 4, 5, 6, 7, 8, 9], 'ffffffffffffffff'],
  ['a flat picture sets none', [5, 5, 5, 5, 5, 5, 5, 5, 5], '0000000000000000'],
  ['the first pair is the highest bit of a row', [0, 9, 9, 9, 9, 9, 9, 9, 9], '8080808080808080'],
])('%s', (_, row, hash) => {
  expect(differenceHash(picture(row))).toBe(hash)
})

it('refuses another number of pixels', () => {
  expect(() => differenceHash(new Uint8Array(64))).toThrow('72')
})

it('counts differing bits over both halves', () => {
  expect(hammingDistance(parseDhash('8000000000000001'), parseDhash('0000000000000000'))).toBe(2)
  expect(hammingDistance(parseDhash('ffffffffffffffff'), parseDhash('0000000000000000'))).toBe(64)
  expect(popcount32(-1)).toBe(32)
})

it('refuses what is not 16 hex digits', () => {
  expect(() => parseDhash('zz')).toThrow('16 hex digits')
})
