import { expect, test } from 'vitest'
import { draftedAnswers, reviewedAnswers, storedPictures } from '../../../activities/stored-box-sets.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { box, createComparisonBench, id } from '../../fixtures/comparison-bench.ts'

test('pictures are known by the files they came from, and their bytes are fetched when wanted', async () => {
  const bench = await createComparisonBench()
  await bench.image('a.png', 'train', 'walk')
  const [picture, ...others] = await storedPictures(bench.store, 'cells')
  expect(others).toEqual([])
  expect(picture).toMatchObject({
    names: ['a.png', id('a.png')],
    group: 'walk',
    size: { width: 640, height: 640 },
  })
  await expect(picture!.load()).rejects.toMatchObject({ code: 'NotFound' })
  await bench.store.put(storeKeys('cells').imageBytes(id('a.png'), 'png'), Buffer.from('bytes'), 'image/png')
  expect(Buffer.from(await picture!.load()).toString()).toBe('bytes')
})

test('drafts that were blocked or never made are left out, not taken for empty', async () => {
  const bench = await createComparisonBench()
  for (const name of ['drafted', 'empty', 'blocked', 'missing']) await bench.image(name)
  await bench.draft('drafted', [box('cat', 0)])
  await bench.draft('empty', [], { endpoint: 'simulated' })
  await bench.draft('blocked', [], { status: 'blocked' })
  const answers = await draftedAnswers(bench.store, 'cells')
  expect(
    new Map(answers.map(({ names, boxes, simulated }) => [names[0], [boxes.length, simulated]])),
  ).toEqual(
    new Map([
      ['drafted', [1, false]],
      ['empty', [0, true]],
    ]),
  )
})

test('what people accepted has no scores, however unsure the model was that proposed it', async () => {
  const bench = await createComparisonBench()
  for (const name of ['accepted', 'skipped', 'unseen']) await bench.image(name)
  await bench.review('accepted', [box('cat', 0, 0.05)])
  await bench.review('skipped', [], 'skipped')
  const answers = await reviewedAnswers(bench.store, 'cells')
  expect(answers.map(({ names, boxes }) => [names[0], boxes])).toEqual([['accepted', [box('cat', 0, null)]]])
})

test('what people accepted keeps its outlines, and crowds stay crowds', async () => {
  const bench = await createComparisonBench()
  await bench.image('accepted')
  const outlined = {
    ...box('cat', 0),
    polygons: [
      [
        [0, 0],
        [100, 0],
        [50, 100],
      ] as const,
    ],
  }
  const crowd = { ...box('dog', 300), crowd: true }
  await bench.review('accepted', [outlined, crowd])
  const [answer] = await reviewedAnswers(bench.store, 'cells')
  expect(answer?.boxes).toEqual([outlined, crowd])
})

test('a project without drafts or reviews is told so', async () => {
  const { store } = await createComparisonBench()
  await expect(draftedAnswers(store, 'cells')).rejects.toMatchObject({ code: 'NotFound' })
  await expect(reviewedAnswers(store, 'cells')).rejects.toMatchObject({ code: 'NotFound' })
})
