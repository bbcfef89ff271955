import { expect, test } from 'vitest'
import type { LabelledBox, Xyxy } from '../../../../domain/box.ts'
import { editFigures, type DraftSource, type ReviewedDraft } from '../../../../domain/metrics/edit-figures.ts'

const at = (x: number, name = 'cat', width = 100): LabelledBox => ({
  class: name,
  xyxy: [x, 0, x + width, 100] as Xyxy,
  score: null,
})
const from = (source: DraftSource, box: LabelledBox) => ({ ...box, source })

const one = (
  draft: ReviewedDraft['draft'],
  review: readonly LabelledBox[],
  rest: Partial<ReviewedDraft> = {},
): ReviewedDraft => ({
  group: 'folder',
  stream: 'ranked',
  reviewer: 'user 1',
  seconds: null,
  draft,
  review,
  ...rest,
})

test('every way of changing a draft is counted for the source whose box it was', () => {
  const { all, bySource } = editFigures(
    [
      one(
        [
          from('teacher', at(0)),
          from('teacher', at(200)),
          from('student', at(400)),
          from('student', at(600)),
          from('both', at(800)),
        ],
        [at(0), at(240), at(400, 'dog'), at(803), at(1000)],
      ),
    ],
    'seed',
  )
  const none = { kept: 0, nudged: 0, moved: 0, relabelled: 0, deleted: 0 }
  expect(bySource).toEqual([
    { source: 'teacher', ...none, shown: 2, kept: 1, moved: 1 },
    { source: 'student', ...none, shown: 2, relabelled: 1, deleted: 1 },
    { source: 'both', ...none, shown: 1, nudged: 1 },
  ])
  expect(all).toMatchObject({ images: 1, shown: 5, added: 1, moved: 1, relabelled: 1, deleted: 1 })
  expect(all.editsPerImage.value).toBe(4)
})

test('edits are those of the evaluation: every edit is an addition, a deletion, a move or a relabelling', () => {
  const drafts = [
    one([from('teacher', at(0)), from('teacher', at(50))], [at(10, 'dog')]),
    one([], [at(0), at(500)]),
  ]
  const { all } = editFigures(drafts, 'seed')
  expect(all.editsPerImage.value * all.images).toBe(all.added + all.deleted + all.moved + all.relabelled)
  expect(all.shown).toBe(2)
})

test('each stream and each reviewer is measured apart, and the audit is not drowned by the chosen images', () => {
  const bad = one([from('teacher', at(0))], [at(500), at(700)])
  const good = one([from('teacher', at(0))], [at(0)], { stream: 'audit', reviewer: 'user 2', seconds: 8 })
  const { byStream, byReviewer, all } = editFigures([bad, bad, bad, { ...good, group: 'other' }], 'seed')
  expect(byStream.map(({ stream, images, editsPerImage }) => [stream, images, editsPerImage.value])).toEqual([
    ['ranked', 3, 3],
    ['audit', 1, 0],
  ])
  expect(byStream[1]?.f1.value).toBe(1)
  expect(byReviewer.map(({ reviewer, secondsPerImage }) => [reviewer, secondsPerImage])).toEqual([
    ['user 1', null],
    ['user 2', 8],
  ])
  expect(all.editsPerImage.low).toBeLessThan(all.editsPerImage.high)
})

test('a task that was left open does not count as work, and the median of two is between them', () => {
  const took = (seconds: number) => one([], [], { seconds })
  expect(editFigures([took(4), took(10), took(86_400)], 'seed').all.secondsPerImage).toBe(7)
})

test('a draft inside of a crowd that the reviewer left is no deletion', () => {
  const crowd = { ...at(0, 'cat', 400), crowd: true }
  const { all } = editFigures([one([from('student', at(20))], [crowd])], 'seed')
  expect(all).toMatchObject({ deleted: 0, added: 0 })
  expect(all.editsPerImage.value).toBe(0)
})
