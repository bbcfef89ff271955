import { expect, test } from 'vitest'
import { createComparisonActivities } from '../../../activities/comparison.ts'
import { readLines, requireRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import type { BatchKind } from '../../../domain/contracts/disagreement-kinds.ts'
import { BatchLine } from '../../../domain/schemas/records/batch.ts'
import {
  ComparisonRecord,
  DisagreementLine,
  EvaluationRecord,
} from '../../../domain/schemas/records/cycle.ts'
import { ChampionRecord } from '../../../domain/schemas/records/model.ts'
import { box, createComparisonBench, id } from '../../fixtures/comparison-bench.ts'

type Bench = Awaited<ReturnType<typeof createComparisonBench>>

const compare = ({ store, ref, against }: Bench) =>
  createComparisonActivities({ store }).findDisagreements({ ...ref, ...against })

const linesOf = ({ store, keys }: Bench): Promise<DisagreementLine[]> =>
  readLines(store, keys.cycleFile(1, 'disagreements.jsonl'), DisagreementLine)

test('the worst image a second of review comes first, and agreement last', async () => {
  const bench = await createComparisonBench()
  await bench.draft('agreed', [box('cat', 0)])
  await bench.draft('missed', [])
  await bench.draft('swapped', [box('cat', 0)])
  await bench.predictions({
    agreed: [box('cat', 0, 0.9)],
    missed: [box('cat', 0, 0.9), box('dog', 300, 0.9)],
    swapped: [box('dog', 0, 0.6)],
  })
  const found = await compare(bench)
  expect(found).toEqual({
    key: 'cells/cycles/0001/comparison.json',
    images: 3,
    imagesWithDisagreement: 2,
    byKind: { 'missed-by-teacher': 2, 'class-swap': 1 },
    rate: 2 / 3,
  })
  const lines = await linesOf(bench)
  expect(lines.map(({ image }) => image)).toEqual([id('missed'), id('swapped'), id('agreed')])
  expect(lines[2]).toMatchObject({ expectedErrors: 0, perSecond: 0, disagreements: [] })
  for (const { expectedErrors, disagreements } of lines) {
    expect(disagreements.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(expectedErrors, 10)
  }
})

test('a blocked or missing draft and an unreadable picture are left out, not taken for empty', async () => {
  const bench = await createComparisonBench()
  await bench.draft('blocked', [], { status: 'blocked' })
  await bench.draft('unreadable', [box('cat', 0)])
  await bench.draft('empty', [])
  await bench.predictions({
    blocked: [box('cat', 0, 0.9)],
    missing: [box('cat', 0, 0.9)],
    unreadable: null,
    empty: [],
  })
  expect(await compare(bench)).toMatchObject({ images: 1, imagesWithDisagreement: 0, rate: 0 })
  expect((await linesOf(bench)).map(({ image }) => image)).toEqual([id('empty')])
})

test('what the student says below its threshold is ranked but not counted', async () => {
  const bench = await createComparisonBench()
  await bench.draft('doubt', [])
  await bench.predictions({ doubt: [box('cat', 0, 0.3)] })
  expect(await compare(bench)).toMatchObject({ images: 1, imagesWithDisagreement: 0, byKind: {} })
  expect((await linesOf(bench))[0]).toMatchObject({ disagreements: [{ kind: 'missed-by-teacher' }] })
})

test.each([
  ['a champion that stays speaks at the threshold it became champion with', [0, 1], 0.2],
  ['a champion evaluated anew speaks at its new threshold', [0, 2], 0.4],
  ['a model that no cycle evaluated speaks at the threshold that was passed in', [], 0.5],
] as const)('%s', async (_, champion, threshold) => {
  const bench = await createComparisonBench()
  const { store, keys, ref, against } = bench
  await bench.predictions({})
  const [crowned, evaluated] = champion
  if (crowned !== undefined) {
    await writeRecord(store, keys.champion, ChampionRecord, {
      ...reign,
      model: against.model,
      cycle: crowned,
    })
    await evaluate(bench, crowned, against.model, 0.2)
  }
  await evaluate(bench, ref.cycle, evaluated === 2 ? against.model : id('challenger'), 0.4)
  const { key } = await compare(bench)
  expect(await requireRecord(store, key, ComparisonRecord)).toMatchObject({ threshold })
})

test('a cut reply and a simulated teacher are said', async () => {
  const bench = await createComparisonBench()
  await bench.draft('cut', [box('cat', 0)], { status: 'partial', endpoint: 'simulated' })
  await bench.predictions({ cut: [box('cat', 0, 0.9)] })
  const { key, byKind } = await compare(bench)
  expect(byKind).toEqual({ 'parse-fault': 1 })
  const { manifest, model } = bench.against
  expect(await requireRecord(bench.store, key, ComparisonRecord)).toMatchObject({
    simulated: true,
    threshold: 0.5,
    manifest,
    model,
  })
})

test('nothing to compare is a rate of nought, not a failure', async () => {
  const bench = await createComparisonBench()
  await bench.predictions({})
  expect(await compare(bench)).toMatchObject({ images: 0, rate: 0 })
})

test('run twice, it leaves the same objects behind', async () => {
  const bench = await createComparisonBench()
  await bench.draft('a', [box('cat', 0)])
  await bench.draft('b', [box('cat', 0)])
  await bench.predictions({ b: [], a: [] })
  const once = [await compare(bench), await linesOf(bench)]
  expect([await compare(bench), await linesOf(bench)]).toEqual(once)
  // Equal ranks go by the image's id.
  expect((await linesOf(bench)).map(({ image }) => image)).toEqual([id('a'), id('b')].toSorted())
})

test.each([
  ['a held-out image teaches how far the teacher can be believed', 'held-out', true],
  ['an audited image does, too', 'audit', true],
  ['an image chosen for its errors does not', 'ranked', false],
] as const)('%s', async (_, kind, counts) => {
  const rank = async (reviewedAs: BatchKind | null): Promise<number | undefined> => {
    const bench = await createComparisonBench()
    await bench.image('reviewed')
    await bench.draft(
      'reviewed',
      Array.from({ length: 6 }, (_, index) => box('cat', index * 100)),
    )
    await bench.draft('open', [box('cat', 0)])
    await bench.predictions({ open: [] })
    if (reviewedAs !== null) {
      await bench.review('reviewed', [])
      await writeLines(bench.store, bench.keys.batch(1), BatchLine, [queued('reviewed', reviewedAs)])
    }
    await compare(bench)
    return (await linesOf(bench))[0]?.expectedErrors
  }
  const before = await rank(null)
  const after = await rank(kind)
  if (counts) expect(after).toBeGreaterThan(before ?? Infinity)
  else expect(after).toBe(before)
})

const reign = { v: 1, since: '2026-01-02T03:04:05Z', verdict: 'first' } as const

/** Leaves the evaluation of a model behind; only its threshold matters here. */
async function evaluate({ store, keys }: Bench, cycle: number, model: string, threshold: number) {
  const figure = { value: 0, low: 0, high: 0 }
  await writeRecord(store, keys.cycleFile(cycle, 'evaluation.json'), EvaluationRecord, {
    v: 1,
    model,
    manifest: id('held-out'),
    testImages: 1,
    valImages: 1,
    threshold,
    student: { f1: figure, precision: 0, recall: 0, editsPerImage: figure, byClass: {} },
    teacher: null,
    studentAp: { map50: figure, map: figure, byClass: {} },
  })
}

const queued = (name: string, kind: BatchKind): BatchLine => ({
  v: 1,
  batch: 1,
  cycle: 1,
  purpose: 'first',
  image: id(name),
  uid: id(name).slice(0, 20),
  kind,
  split: 'train',
  reason: 'why',
  probability: null,
  priority: 1,
  draft: [],
})
