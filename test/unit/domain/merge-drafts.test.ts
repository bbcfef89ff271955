import { expect, test } from 'vitest'
import { mergeDrafts } from '../../../domain/merge-drafts.ts'

const box = (name: string, x: number, score: number | null = null) => ({
  class: name,
  xyxy: [x, 0, x + 100, 100] as const,
  score,
})

test('what both see becomes one box halfway between theirs, with the student’s score', () => {
  expect(mergeDrafts([box('cat', 0)], [box('cat', 10, 0.8)])).toEqual([
    { class: 'cat', xyxy: [5, 0, 105, 100], score: 0.8, source: 'both' },
  ])
})

test('what only one sees is kept with its source', () => {
  const merged = mergeDrafts([box('cat', 0)], [box('cat', 300, 0.8)])
  expect(merged.map(({ source }) => source)).toEqual(['teacher', 'student'])
})

test('boxes of different classes are never merged: the reviewer decides', () => {
  expect(mergeDrafts([box('cat', 0)], [box('dog', 0, 0.9)])).toHaveLength(2)
})

test('each box is merged at most once, with the partner it overlaps most', () => {
  const merged = mergeDrafts([box('cat', 0), box('cat', 20)], [box('cat', 18, 0.9)])
  expect(merged.map(({ source, xyxy }) => [source, xyxy[0]])).toEqual([
    ['both', 19],
    ['teacher', 0],
  ])
})
