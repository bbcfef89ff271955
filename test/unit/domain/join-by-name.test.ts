import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { joinByName } from '../../../domain/join-by-name.ts'

const pairs = (a: string[][], b: string[][]) => joinByName(a, b).pairs

test.each([
  ['the same path', ['x/a.png'], ['x/a.png']],
  ['another folder before it', ['photos/val/a.png'], ['val/a.png']],
  ['another extension', ['a.jpg'], ['labels/a.txt']],
  ['the path of another system', ['val\\a.png'], ['./val/a.png']],
  ['another script', ['写真/猫 é.webp'], ['猫 é.txt']],
  ['a frame and the file it was saved as', ['clip.mp4#t=0.5'], ['clip.mp4-t0.5.txt']],
  ['one of several names', ['0f3a', 'a.png'], ['b/a.png']],
])('images are the same by %s', (_, a, b) => {
  expect(pairs([a], [b])).toEqual([[0, 0]])
})

test('longer paths decide before shorter ones', () => {
  const a = [['train/1.jpg'], ['val/1.jpg']]
  expect(pairs(a, [['set/val/1.jpg'], ['set/train/1.jpg']])).toEqual([
    [0, 1],
    [1, 0],
  ])
})

test('what fits several is left out and counted, never guessed', () => {
  expect(joinByName([['train/1.jpg'], ['val/1.jpg'], ['2.jpg']], [['1.jpg'], ['2.jpg']])).toEqual({
    pairs: [[2, 1]],
    ambiguous: 2,
  })
})

test('frames of one video are not taken for each other', () => {
  expect(pairs([['clip.mp4#t=1'], ['clip.mp4#t=2']], [['clip.mp4#t=2']])).toEqual([[1, 0]])
})

test('no image is ever used twice', () => {
  const name = fc.constantFrom('a.png', 'x/a.png', 'y/a.png', 'a.txt', 'b.png', 'x/b.jpg', 'c')
  const lists = fc.array(fc.array(name, { minLength: 1, maxLength: 2 }), { maxLength: 6 })
  fc.assert(
    fc.property(lists, lists, (a, b) => {
      const found = pairs(a, b)
      for (const side of [0, 1] as const) {
        const used = found.map((pair) => pair[side])
        expect(new Set(used).size).toBe(used.length)
      }
    }),
  )
})
