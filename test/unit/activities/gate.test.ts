import { expect, test } from 'vitest'
import { requireRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { GateRecord } from '../../../domain/schemas/records/judgement.ts'
import { ChampionRecord } from '../../../domain/schemas/records/model.ts'
import { id } from '../../fixtures/comparison-bench.ts'
import { createGateBench } from '../../fixtures/gate-bench.ts'

const keys = storeKeys('cells')

test('the first model becomes champion without a comparison', async () => {
  const { judge, champion } = await createGateBench({ first: 10 })
  expect(await champion()).toBeNull()
  expect(await judge('first', 1)).toMatchObject({ verdict: 'first', promoted: true, champion: id('first') })
  expect(await champion()).toBe(id('first'))
})

test('a better model takes over, and judging it again says the same', async () => {
  const { judge, champion } = await createGateBench({ first: 10, better: 35 })
  await judge('first', 1)
  const verdict = await judge('better', 2)
  expect(verdict).toMatchObject({ verdict: 'better', promoted: true, champion: id('better') })
  expect(await judge('better', 2)).toEqual(verdict)
  expect(await champion()).toBe(id('better'))
})

test('a worse model leaves the champion where it is, and so does one judged on too few images', async () => {
  const { judge, champion } = await createGateBench({ first: 35, worse: 10 })
  await judge('first', 1)
  expect(await judge('worse', 2)).toMatchObject({ verdict: 'worse', promoted: false, champion: id('first') })
  expect(await champion()).toBe(id('first'))

  const few = await createGateBench({ first: 10, better: 35 }, { minImages: 300 })
  await few.judge('first', 1)
  const verdict = await few.judge('better', 2)
  expect(verdict).toMatchObject({ verdict: 'too-few-images', promoted: false, champion: id('first') })
  expect(verdict.words).toContain('260')
  expect(await few.champion()).toBe(id('first'))
})

test('the champion is not judged against itself', async () => {
  const { judge } = await createGateBench({ first: 10 })
  await judge('first', 1)
  expect(await judge('first', 2)).toMatchObject({ promoted: false, champion: id('first') })
})

test('a promotion that was cut off before the champion changed is completed when repeated', async () => {
  const { store, judge, champion, crown } = await createGateBench({ first: 10, better: 35 })
  await judge('first', 1)
  await judge('better', 2)
  await crown('first', 1)
  expect(await judge('better', 2)).toMatchObject({ verdict: 'better', promoted: true })
  expect(await champion()).toBe(id('better'))
  const record = await requireRecord(store, keys.champion, ChampionRecord)
  expect(record).toMatchObject({ cycle: 2, verdict: 'better' })
})

test('a verdict against one champion never replaces another that came in between', async () => {
  const { store, judge, champion, crown } = await createGateBench({ first: 10, better: 25, best: 40 })
  await judge('first', 1)
  await judge('better', 2)
  await crown('best', 3)
  expect(await judge('better', 2)).toMatchObject({ verdict: 'worse', promoted: false, champion: id('best') })
  expect(await champion()).toBe(id('best'))
  const record = await requireRecord(store, keys.cycleFile(2, 'gate.json'), GateRecord)
  expect(record).toMatchObject({ champion: id('best'), promoted: false })
})

test('of two judgements at once only one crowns its model, and the other is told to try again', async () => {
  const { judge, champion } = await createGateBench({ one: 10, other: 10 })
  const found = await Promise.allSettled([judge('one', 1), judge('other', 2)])
  const lost = found.filter(({ status }) => status === 'rejected')
  expect(lost).toHaveLength(1)
  expect(lost[0]).toMatchObject({ reason: { code: 'WriteConflict', retryable: true } })
  expect([id('one'), id('other')]).toContain(await champion())
})

test('where the task is to segment, outlines decide and not boxes, and the words say so', async () => {
  const models = { first: 30, boxes: 40 }
  const detect = await createGateBench(models, { halving: ['boxes'] })
  await detect.judge('first', 1)
  const byBoxes = await detect.judge('boxes', 2)
  expect(byBoxes).toMatchObject({ verdict: 'better' })
  expect(byBoxes.words).not.toContain('mask')
  const segment = await createGateBench(models, { halving: ['boxes'], task: 'segment' })
  await segment.judge('first', 1)
  const byMasks = await segment.judge('boxes', 2)
  expect(byMasks).toMatchObject({ verdict: 'worse', promoted: false, champion: id('first') })
  expect(byMasks.words).toContain('mask mAP50-95')
  const record = await requireRecord(segment.store, keys.cycleFile(2, 'gate.json'), GateRecord)
  expect(record.judgedBy).toBe('mask')
})
