import { expect, test } from 'vitest'
import { failedNightNote, nightInWords } from '../../../domain/night-in-words.ts'

test.each([
  [
    'a promotion',
    { outcome: 'completed', cycle: 3, verdict: 'better', promoted: true },
    'better, the new champion.',
  ],
  [
    'a rejection with images left',
    { outcome: 'completed', cycle: 3, verdict: 'worse', undrafted: 12 },
    'worse, not promoted. 12 images are still without a draft',
  ],
  [
    'nothing new and one image left',
    { outcome: 'nothing-new', cycle: 3, undrafted: 1 },
    '1 image is still without',
  ],
  ['a stopped cycle', { outcome: 'stopped', cycle: null }, 'stopped by a person'],
] as const)('a night tells of %s', (_, night, expected) => {
  expect(nightInWords(night)).toContain(expected)
})

test('the note of a failed night says what failed, when, where to look and how to go on, in one line', () => {
  const note = failedNightNote({
    at: '2026-11-21T01:30:07.000Z',
    cycle: 7,
    phase: 'train',
    code: 'TrainerFailed',
    message: 'The trainer ended with exit code 1.\nIts last words:\n  CUDA error',
  })
  expect(note).toBe(
    'The night of 2026-11-21 01:30 UTC failed in cycle 7, phase train (TrainerFailed): The trainer ended with exit code 1. Its last words: CUDA error. No night starts until you resume. Look: `understudy cycle status`, `understudy logs worker`. Go on: `understudy schedule resume`.',
  )
  expect(note).not.toContain('\n')
})

test('the note of a failed night stays short, whatever a program had to say', () => {
  const night = { at: '2026-11-21T01:30:07.000Z', cycle: null, phase: null, code: null }
  expect(failedNightNote({ ...night, message: 'no '.repeat(5000) }).length).toBeLessThan(600)
})
