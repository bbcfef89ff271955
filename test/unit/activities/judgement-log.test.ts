import { expect, test } from 'vitest'
import {
  comparisonsOn,
  judgementsOf,
  keepTestSet,
  listJudgements,
  logJudgement,
} from '../../../activities/store/judgements.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'
import type { JudgementRecord } from '../../../domain/schemas/records/judgement.ts'
import { crown, readChampion } from '../../../activities/succession.ts'
import { id } from '../../fixtures/comparison-bench.ts'
import { createGateBench } from '../../fixtures/gate-bench.ts'

const images = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => id(`image ${from + index}`))

const judged = (testSet: string, cycle: number, compared = true): JudgementRecord => ({
  v: 1,
  cycle,
  challenger: id(`model ${cycle}`),
  champion: id('champion'),
  verdict: compared ? 'worse' : 'too-few-images',
  promoted: false,
  reason: 'because',
  words: 'Because.',
  deltaMap: compared ? { value: -0.1, low: -0.2, high: -0.01 } : null,
  detectable: compared ? 0.05 : null,
  images: 10,
  groups: 10,
  dataset: id('dataset'),
  manifest: id('manifest'),
  testSet,
  comparisons: 1,
  refreshAdvised: false,
  judgedAt: new Date(Date.UTC(2026, 0, 1, 0, cycle)).toISOString(),
})

test('every judgement is logged once, with its reason, and a rejected model can be asked why', async () => {
  const { store, judge } = await createGateBench({ first: 35, worse: 10 })
  await judge('first', 1)
  await judge('worse', 2)
  await judge('worse', 2)
  const log = await listJudgements(store, 'cells')
  expect(log.map(({ challenger, verdict, promoted }) => ({ challenger, verdict, promoted }))).toEqual([
    { challenger: id('first'), verdict: 'first', promoted: true },
    { challenger: id('worse'), verdict: 'worse', promoted: false },
  ])
  const [why] = await judgementsOf(store, 'cells', id('worse'))
  expect(why).toMatchObject({ champion: id('first'), images: 40, groups: 40, comparisons: 1 })
  expect(why?.reason).toContain('certainly lost')
})

test('the twentieth comparison on one test set advises to refresh it, the nineteenth does not', async () => {
  const { judge, store } = await createGateBench({ first: 20, other: 20 })
  await judge('first', 1)
  const testSet = (await listJudgements(store, 'cells'))[0]?.testSet ?? ''
  for (let cycle = 2; cycle <= 19; cycle += 1) await logJudgement(store, 'cells', judged(testSet, cycle))
  const nineteenth = await judge('other', 20)
  expect(nineteenth.words).not.toContain('Refresh')
  const twentieth = await judge('first', 21)
  expect(twentieth.words).toContain('Judgement 20 on this test set')
  expect(twentieth.words).toContain('Refresh it')
  const [last, before] = (await listJudgements(store, 'cells')).reverse()
  expect([before?.refreshAdvised, last?.refreshAdvised]).toEqual([false, true])
})

test('a test set that grew by a few images counts as the same one; one that doubled is fresh', async () => {
  const store = createMemoryObjectStore()
  const [old, grown, doubled] = [images(0, 10), images(0, 12), images(0, 20)]
  const first = await keepTestSet(store, 'cells', old)
  await logJudgement(store, 'cells', judged(first, 1))
  await logJudgement(store, 'cells', judged(first, 2))
  await logJudgement(store, 'cells', judged(first, 3, false))
  const counted = async (set: readonly string[]) =>
    comparisonsOn(store, 'cells', { testSet: await keepTestSet(store, 'cells', set), images: set })
  expect(await counted(old.toReversed())).toBe(2)
  expect(await counted(grown)).toBe(2)
  expect(await counted(doubled)).toBe(0)
})

test('a champion that a person took back is not put back by the gate, however good it is', async () => {
  const { store, judge, champion } = await createGateBench({ first: 10, better: 35 })
  await judge('first', 1)
  await judge('better', 2)
  const by = { cycle: null, verdict: null, by: 'ann', reason: 'wrong on night pictures' } as const
  const back = { model: id('first'), since: '2026-01-03T00:00:00Z', how: 'rollback', ...by } as const
  expect(await crown(store, 'cells', await readChampion(store, 'cells'), back)).toBe(true)
  const verdict = await judge('better', 3)
  expect(verdict).toMatchObject({ verdict: 'better', promoted: false, champion: id('first') })
  expect(verdict.words).toContain('The champion stays: a person took it back')
  expect(await champion()).toBe(id('first'))
})
