import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fitsInline, pictureLane, picturesTooMany } from '../../../domain/picture-lane.ts'

const megabyte = 1_000_000

describe('the lane of a picture', () => {
  test.each([
    ['a small picture shown once', 0.5, 1, 'auto', 'inline'],
    ['a small picture shown often', 0.2, 9, 'auto', 'inline'],
    ['a large picture shown three times', 2, 3, 'auto', 'shared-upload'],
    ['a large picture shown once', 5, 1, 'auto', 'inline'],
    ['one that no request can hold', 16, 1, 'auto', 'own-upload'],
    ['a small picture shown twice, as its user wants it', 0.1, 2, 'always', 'shared-upload'],
    ['a small picture shown once, whatever the user wants', 0.1, 1, 'always', 'inline'],
    ['a picture that may not lie on the disk of others', 16, 9, 'never', 'inline'],
  ] as const)('%s', (_, megabytes, times, choice, lane) => {
    expect(pictureLane({ bytes: megabytes * megabyte, times }, choice)).toBe(lane)
  })
})

test('of the pictures of a question the largest are uploaded, until the rest fits and not one more', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 * megabyte }), { maxLength: 20 }), (bytes) => {
      const uploaded = picturesTooMany(bytes)
      const inline = bytes.filter((_, place) => !uploaded.has(place))
      const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0)
      expect(fitsInline(sum(inline))).toBe(true)
      const sizes = [...uploaded].map((place) => bytes[place]!)
      const smallest = Math.min(...sizes)
      if (sizes.length > 0) {
        expect(smallest).toBeGreaterThanOrEqual(Math.max(0, ...inline))
        expect(fitsInline(sum(inline) + smallest)).toBe(false)
      }
    }),
  )
})
