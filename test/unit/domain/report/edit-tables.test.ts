import { expect, test } from 'vitest'
import { editFigures, type ReviewedDraft } from '../../../../domain/metrics/edit-figures.ts'
import { reportPage } from '../../../../domain/report/report-page.ts'
import { EvaluationRecord } from '../../../../domain/schemas/records/cycle.ts'
import { evaluationOf, randomScenes, reportWith } from '../../../fixtures/report-data.ts'

const classes = ['cat', 'dog']
const reviewedFrom = (streams: readonly ReviewedDraft['stream'][]): ReviewedDraft[] =>
  randomScenes(classes, 12).map(({ group, predicted, truth }, index) => ({
    group,
    stream: streams[index % streams.length] ?? 'ranked',
    reviewer: '<b>user</b>',
    seconds: 9,
    draft: predicted.map((box) => ({ ...box, source: 'student' as const })),
    review: truth.map((box) => ({ ...box, score: null })),
  }))

const pageOf = (streams: readonly ReviewedDraft['stream'][], standIn = false) => {
  const { all, byStream, byReviewer, bySource } = editFigures(reviewedFrom(streams), 'seed')
  const edits = {
    all,
    byStream: [...byStream],
    byReviewer: [...byReviewer],
    bySource: [...bySource],
    fromScratch: 2,
    standIn,
    simulated: false,
  }
  const evaluation = { ...evaluationOf(randomScenes(classes, 10), classes), edits }
  expect(EvaluationRecord.parse(evaluation)).toEqual(evaluation)
  return reportPage(reportWith(evaluation)).replaceAll(/\s+/g, ' ')
}

test('what reviewers changed stands apart from the test figures, with the audit named as the unbiased part', () => {
  const page = pageOf(['audit', 'ranked'])
  const [before = '', section = ''] = page.split('What reviewers changed')
  expect(before).toContain('Student and teacher on the same images')
  expect(section).toContain('not the test images alone')
  expect(section).toContain('<b>drawn at random (audit)</b>')
  expect(section).toContain('only the rows drawn at random (audit) say how good drafts are')
  expect(section).toContain('2 images had no draft and are not counted')
  expect(section.split('What happened')[0]).not.toContain('mAP')
})

test('without an audit it says that nothing there measures quality', () => {
  expect(pageOf(['ranked'])).toContain('so nothing here says how good drafts are')
})

test('names are escaped, and the stand-in reviewer of the demo is never taken for people', () => {
  const page = pageOf(['audit'], true)
  expect(page).toContain('&lt;b&gt;user&lt;/b&gt;')
  expect(page).toContain('The stand-in reviewer of the demo answered, not people.')
})

test('a record without reviewed drafts has no such section', () => {
  const evaluation = evaluationOf(randomScenes(classes, 10), classes)
  expect(reportPage(reportWith({ ...evaluation, edits: null }))).not.toContain('What reviewers changed')
  expect(reportPage(reportWith(evaluation))).not.toContain('What reviewers changed')
})
