import { describe, expect, test } from 'vitest'
import { createComparisonActivities } from '../../../activities/comparison.ts'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { createBatchActivities } from '../../../activities/planning-batches.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import { readLines, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { BatchLine, BoardRecord } from '../../../domain/schemas/records/batch.ts'
import { box, createComparisonBench, id } from '../../fixtures/comparison-bench.ts'

type Bench = Awaited<ReturnType<typeof createComparisonBench>>

const linesOf = ({ store, keys }: Bench, batch: number): Promise<BatchLine[]> =>
  readLines(store, keys.batch(batch), BatchLine)

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}`)

describe('the first batch', () => {
  const plan = ({ store, ref, promptVersion }: Bench, cycle = 1) =>
    createBatchActivities({ store }).planFirstBatch({ ...ref, cycle, promptVersion })

  const filled = async (review: Parameters<typeof createComparisonBench>[0] = {}): Promise<Bench> => {
    const bench = await createComparisonBench({ firstBatch: 10, auditShare: 0.2, ...review })
    for (const [index, name] of names('train', 30).entries()) {
      await bench.image(name)
      await bench.draft(
        name,
        Array.from({ length: index % 5 }, (_, place) => box('cat', place * 110)),
        { endpoint: 'simulated' },
      )
    }
    await bench.image('val', 'val')
    await bench.image('test', 'test')
    await bench.draft('test', [box('dog', 0)])
    await bench.image('bridge', 'quarantined')
    await bench.draft('bridge', [box('cat', 0)])
    await bench.image('undrafted')
    await bench.image('blocked')
    await bench.draft('blocked', [], { status: 'blocked' })
    return bench
  }

  test('holds every held-out image, drafted or not, and as many drafted training images as asked for', async () => {
    const bench = await filled()
    expect(await plan(bench)).toEqual({
      batch: 1,
      images: 12,
      byKind: { 'held-out': 2, audit: 2, 'cold-start': 8 },
    })
    const lines = await linesOf(bench, 1)
    const images = lines.map(({ image }) => image)
    expect(images).toEqual(expect.arrayContaining([id('val'), id('test')]))
    for (const name of ['bridge', 'undrafted', 'blocked']) expect(images).not.toContain(id(name))
    for (const line of lines.filter(({ split }) => split !== 'train')) expect(line.kind).toBe('held-out')
    for (const { kind, probability } of lines) expect(probability).toBe(kind === 'audit' ? 2 / 30 : null)
  })

  test('starts the reviewer from the teacher’s boxes and says when they are simulated', async () => {
    const bench = await filled()
    await plan(bench)
    const lines = await linesOf(bench, 1)
    const line = (name: string) => lines.find(({ image }) => image === id(name))
    expect(line('test')).toMatchObject({
      uid: sha256Hex(`${id('test')} 1`).slice(0, 20),
      draft: [{ class: 'dog', source: 'teacher' }],
      simulatedTeacher: false,
    })
    expect(line('val')).toMatchObject({ draft: [], reason: expect.stringContaining('no draft') })
    for (const { split, simulatedTeacher } of lines) expect(simulatedTeacher).toBe(split === 'train')
  })

  test('asks again for an image whose task was deleted, but not for one that was answered before', async () => {
    const bench = await filled({ firstBatch: 40 })
    await plan(bench)
    const [gone, answered] = (await linesOf(bench, 1)).filter(({ split }) => split === 'train')
    await bench.reviewById(answered?.image ?? '')
    await writeRecord(bench.store, bench.keys.board, BoardRecord, {
      v: 1,
      board: { projectId: 1, storageId: 2, viewId: 3 },
      cursor: null,
      posted: [1],
      withdrawn: [gone?.uid ?? '', answered?.uid ?? ''],
      refused: {},
    })
    expect(await plan(bench, 2)).toMatchObject({ batch: 2, images: 1 })
    const [again] = await linesOf(bench, 2)
    expect(again).toMatchObject({ image: gone?.image, split: 'train' })
    expect(again?.uid).not.toBe(gone?.uid)
  })

  test('asked twice, a cycle finds its batch; another cycle queues nothing a second time', async () => {
    const bench = await filled()
    const first = await plan(bench)
    expect(await plan(bench)).toEqual(first)
    for (const { image, split } of await linesOf(bench, 1))
      if (split === 'train') await bench.reviewById(image)
    expect(await plan(bench, 2)).toMatchObject({ batch: 2, images: 10 })
    const [one, two] = [await linesOf(bench, 1), await linesOf(bench, 2)]
    const images = [...one, ...two].map(({ image }) => image)
    expect(new Set(images).size).toBe(images.length)
    expect(two.some(({ kind }) => kind === 'held-out')).toBe(false)
  })

  test('asks for no more training images than people have room for: those that wait count', async () => {
    const bench = await filled()
    await plan(bench)
    expect(await plan(bench, 2)).toEqual({ batch: null, images: 0, byKind: {} })
    const trained = (await linesOf(bench, 1)).filter(({ split }) => split === 'train')
    for (const { image } of trained.slice(0, 4)) await bench.reviewById(image)
    for (const { image } of trained.slice(4, 6)) await bench.reviewById(image, 'skipped')
    expect(await plan(bench, 3)).toMatchObject({ batch: 2, images: 6 })
  })

  test('leaves out what is reviewed, and asks again about what was only skipped', async () => {
    const bench = await filled()
    await bench.review('val', [])
    await bench.review('test', [], 'skipped')
    await plan(bench)
    const heldOut = (await linesOf(bench, 1)).filter(({ kind }) => kind === 'held-out')
    expect(heldOut.map(({ image }) => image)).toEqual([id('test')])
  })

  test('is no batch at all when nothing is left', async () => {
    const bench = await createComparisonBench()
    await bench.image('only', 'quarantined')
    expect(await plan(bench)).toEqual({ batch: null, images: 0, byKind: {} })
    expect(await bench.store.has(bench.keys.batch(1))).toBe(false)
  })

  test('a number that somebody else claims meanwhile is left to them, with their images', async () => {
    const bench = await filled()
    const stolen: BatchLine = {
      v: 1,
      batch: 1,
      cycle: 7,
      purpose: 'routed',
      image: id('val'),
      uid: '0'.repeat(20),
      kind: 'ranked',
      split: 'val',
      reason: 'theirs',
      probability: null,
      priority: 1,
      draft: [],
    }
    let late = true
    const store: ObjectStore = {
      ...bench.store,
      async putIfAbsent(key, body, contentType) {
        if (late) await writeLines(bench.store, bench.keys.batch(1), BatchLine, [stolen])
        late = false
        return bench.store.putIfAbsent(key, body, contentType)
      },
    }
    expect(await plan({ ...bench, store })).toMatchObject({ batch: 2, images: 11 })
    expect(await linesOf(bench, 1)).toEqual([stolen])
    expect((await linesOf(bench, 2)).map(({ image }) => image)).not.toContain(id('val'))
  })
})

describe('a routed batch', () => {
  const route = async ({ store, ref, against, promptVersion }: Bench) => {
    const { key } = await createComparisonActivities({ store }).findDisagreements({ ...ref, ...against })
    return createBatchActivities({ store }).planRoutedBatch({ ...ref, comparisonKey: key, promptVersion })
  }

  test('holds the worst differences, each with its reason and both sides’ boxes', async () => {
    const bench = await createComparisonBench({ routedBatch: 10, auditShare: 0 })
    for (const name of ['bad', 'worse', 'fine', 'doubt']) await bench.image(name)
    await bench.draft('bad', [box('cat', 0), box('cat', 200), box('dog', 400)], { endpoint: 'simulated' })
    await bench.draft('worse', [], { endpoint: 'simulated' })
    await bench.draft('fine', [box('cat', 0)])
    await bench.draft('doubt', [])
    await bench.predictions({
      bad: [box('cat', 10, 0.8), box('cat', 200, 0.9), box('cat', 520, 0.3)],
      worse: [box('dog', 0, 0.9)],
      fine: [box('cat', 0, 0.9)],
      doubt: [box('cat', 0, 0.3)],
    })
    expect(await route(bench)).toMatchObject({ batch: 1, images: 2 })
    const lines = await linesOf(bench, 1)
    const [worse, bad] = lines.toSorted((a, b) => b.priority - a.priority)
    expect(worse).toMatchObject({
      image: id('worse'),
      purpose: 'routed',
      reason: 'Only the student sees 1 dog.',
      draft: [{ class: 'dog', source: 'student', score: 0.9 }],
    })
    expect(bad?.reason).toContain('the simulated teacher sees 1 dog')
    expect(bad?.draft).toEqual([
      { class: 'cat', xyxy: [200, 0, 300, 100], score: 0.9, source: 'both' },
      { class: 'cat', xyxy: [5, 0, 105, 100], score: 0.8, source: 'both' },
      { class: 'dog', xyxy: [400, 0, 500, 100], score: null, source: 'teacher' },
    ])
    expect(Number.isInteger(bad?.priority)).toBe(true)
  })

  const disputed = async (review: Parameters<typeof createComparisonBench>[0]): Promise<Bench> => {
    const bench = await createComparisonBench(review)
    const all = names('image', 40)
    for (const [index, name] of all.entries()) {
      await bench.image(name, index < 30 ? 'train' : index < 35 ? 'val' : 'test')
      await bench.draft(name, [])
    }
    await bench.predictions(
      Object.fromEntries(all.map((name, index) => [name, [box('cat', 0, 0.5 + index / 100)]])),
    )
    return bench
  }

  test('never asks about an image that measures us, even when it was compared', async () => {
    const bench = await disputed({ routedBatch: 40, auditShare: 0.3 })
    expect(await route(bench)).toMatchObject({ images: 30 })
    for (const { split } of await linesOf(bench, 1)) expect(split).toBe('train')
  })

  test('draws its audit from all compared training images and shows it among the first', async () => {
    const bench = await disputed({ routedBatch: 10, auditShare: 0.2 })
    expect(await route(bench)).toMatchObject({ byKind: { audit: 2, ranked: 6, diverse: 2 } })
    const lines = await linesOf(bench, 1)
    const most = Math.max(...lines.map(({ priority }) => priority))
    for (const { kind, probability, priority } of lines) {
      expect(probability).toBe(kind === 'audit' ? 2 / 30 : null)
      if (kind === 'audit') expect(priority).toBe(most)
    }
  })

  test('leaves out what was queued or reviewed before', async () => {
    const bench = await disputed({ routedBatch: 40, auditShare: 0, firstBatch: 5 })
    const { store, ref, promptVersion } = bench
    await createBatchActivities({ store }).planFirstBatch({ ...ref, promptVersion })
    const queued = (await linesOf(bench, 1)).map(({ image }) => image)
    const open = names('image', 30).find((name) => !queued.includes(id(name))) ?? ''
    await bench.review(open, [])
    expect(await route(bench)).toMatchObject({ batch: 2, images: 24 })
    const routed = (await linesOf(bench, 2)).map(({ image }) => image)
    expect(routed.filter((image) => queued.includes(image) || image === id(open))).toEqual([])
  })

  test('asked twice, a cycle finds its batch', async () => {
    const bench = await disputed({ routedBatch: 10 })
    const once = await route(bench)
    expect(await route(bench)).toEqual(once)
    expect(await bench.store.has(bench.keys.batch(2))).toBe(false)
  })

  test('is no batch at all when the two agree everywhere', async () => {
    const bench = await createComparisonBench({ auditShare: 0 })
    await bench.image('fine')
    await bench.draft('fine', [box('cat', 0)])
    await bench.predictions({ fine: [box('cat', 0, 0.9)] })
    expect(await route(bench)).toEqual({ batch: null, images: 0, byKind: {} })
  })
})
