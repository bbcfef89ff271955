import { expect, test } from 'vitest'
import { diffDatasets, type VersionLine } from '../../../domain/dataset-diff.ts'

const box = (name: string, x = 0): VersionLine['boxes'][number] => ({ class: name, xyxy: [x, 0, x + 9, 9] })
const line = (image: string, boxes: VersionLine['boxes'], split = 'train'): VersionLine => ({
  image,
  split,
  boxes,
})

test('says which images came, went and were relabelled, by split and class', () => {
  const before = [
    line('a', [box('cat')]),
    line('b', [box('dog')]),
    line('c', []),
    line('t', [box('cat')], 'test'),
  ]
  const after = [
    line('a', [box('dog')]),
    line('b', [box('dog')]),
    line('d', [box('dog'), box('dog', 5)], 'val'),
    line('t', [], 'test'),
  ]
  expect(diffDatasets(before, after)).toEqual({
    added: ['d'],
    removed: ['c'],
    relabelled: ['a', 't'],
    reviewed: [],
    unchanged: 1,
    bySplit: {
      train: { added: 0, removed: 1, relabelled: 1 },
      val: { added: 1, removed: 0, relabelled: 0 },
      test: { added: 0, removed: 0, relabelled: 1 },
    },
    classes: [
      { class: 'cat', before: 2, after: 0 },
      { class: 'dog', before: 1, after: 4 },
    ],
  })
})

test('the same boxes in another order are the same labels; an outline or a mark for a crowd is a difference', () => {
  const [a, b] = [box('cat'), box('dog')]
  expect(diffDatasets([line('a', [a, b])], [line('a', [b, a])]).relabelled).toEqual([])
  expect(diffDatasets([line('a', [a])], [line('a', [{ ...a, crowd: true }])]).relabelled).toEqual(['a'])
  const polygons: VersionLine['boxes'][number]['polygons'] = [
    [
      [0, 0],
      [1, 0],
      [0, 1],
    ],
  ]
  expect(diffDatasets([line('a', [a])], [line('a', [{ ...a, polygons }])]).relabelled).toEqual(['a'])
})

test('a draft that somebody accepted as it was is told apart from a relabelled image', () => {
  const draft = { ...line('a', [box('cat')]), unreviewed: true }
  expect(diffDatasets([draft], [line('a', [box('cat')])])).toMatchObject({
    relabelled: [],
    reviewed: ['a'],
    unchanged: 0,
  })
})
