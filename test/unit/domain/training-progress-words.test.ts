import { expect, test } from 'vitest'
import { trainingDetails, trainingInWords } from '../../../domain/training-progress-words.ts'

const progress = {
  runId: 'run',
  epoch: 3,
  epochs: 10,
  losses: { box: 1.2345, cls: 0.8 },
  map50: 0.613,
  map: 0.401,
  etaSeconds: 42,
  waitsFor: null,
}

test('a line tells epoch, mAP, losses and what is left', () => {
  expect(trainingInWords(progress)).toBe(
    'epoch 3 of 10, mAP50 0.61, mAP50-95 0.40, losses box 1.23 cls 0.800, about 42 s left',
  )
})

test.each([
  [{ etaSeconds: 600 }, 'about 10 min left'],
  [{ etaSeconds: 7200 }, 'about 2.0 h left'],
  [{ epoch: 10, etaSeconds: 0 }, 'exports'],
  [{ epoch: 0 }, 'reads the images'],
  [{ waitsFor: 'cells-0123' }, 'waits for the training cells-0123'],
])('%o is told as "%s"', (changes, expected) => {
  expect(trainingInWords({ ...progress, ...changes })).toContain(expected)
})

test('the page of the web UI shows the plan, then a table', () => {
  expect(trainingDetails('tiny from scratch', null)).toBe('tiny from scratch')
  const page = trainingDetails('tiny from scratch', progress)
  for (const row of [
    '| epoch | 3 of 10 |',
    '| mAP50 | 0.613 |',
    '| box loss | 1.23 |',
    '| left | about 42 s |',
  ]) {
    expect(page).toContain(row)
  }
})
