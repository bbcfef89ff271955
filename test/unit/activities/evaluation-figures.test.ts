import { expect, test } from 'vitest'
import { createEvaluationActivities } from '../../../activities/evaluation.ts'
import { requireRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { EvaluationRecord } from '../../../domain/schemas/records/cycle.ts'
import { DatasetLine, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import type { LabelledBox } from '../../../domain/box.ts'
import { box, createComparisonBench, id } from '../../fixtures/comparison-bench.ts'

type Scenes = Record<string, { split: 'val' | 'test'; boxes: LabelledBox[] }>

/** A bench with a dataset version of reviewed held-out images. */
async function benchWith(scenes: Scenes) {
  const bench = await createComparisonBench()
  const { store, keys } = bench
  const dataset = id('dataset')
  const chunk = keys.datasetImages(dataset, 'test', 0)
  await writeLines(
    store,
    chunk,
    DatasetLine,
    Object.entries(scenes).map(([name, { split, boxes }]) => ({
      image: id(name),
      extension: 'png' as const,
      width: 640,
      height: 640,
      group: name,
      split,
      boxes: boxes.map(({ class: name, xyxy: [x1, y1, x2, y2] }) => ({
        class: name,
        xyxy: [x1, y1, x2, y2] as [number, number, number, number],
      })),
    })),
  )
  await writeRecord(store, keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes: ['cat', 'dog'],
    images: { train: 0, val: 1, test: 2 },
    boxes: 3,
    empty: 0,
    boxesByClass: { cat: 2, dog: 1 },
    chunks: [chunk],
  })
  const { model, manifest, promptVersion } = bench.against
  return {
    bench,
    evaluate: () =>
      createEvaluationActivities({ store }).evaluateModel({
        ...bench.ref,
        model,
        manifest,
        dataset,
        promptVersion,
      }),
  }
}

const scenes: Scenes = {
  val: { split: 'val', boxes: [box('cat', 0)] },
  one: { split: 'test', boxes: [box('cat', 0), box('dog', 300)] },
  two: { split: 'test', boxes: [box('cat', 0)] },
}

test('a student is told by size, by confidence, by class and by what it confuses', async () => {
  const { bench, evaluate } = await benchWith(scenes)
  await bench.predictions({
    val: [box('cat', 0, 0.6), box('cat', 400, 0.2)],
    one: [box('cat', 0, 0.9), box('cat', 300, 0.8), box('dog', 500, 0.05)],
    two: [],
  })
  const { key, threshold } = await evaluate()
  const record = await requireRecord(bench.store, key, EvaluationRecord)
  expect(threshold).toBeGreaterThan(0.2)
  expect(record.studentAp.bySize).toMatchObject({ small: null, medium: null, large: { boxes: 3 } })
  expect(record.studentAp.curve).toHaveLength(101)
  expect(record.studentAp.curve?.[50]).toEqual({ confidence: 0.5, precision: 0.5, recall: 1 / 3, f1: 2 / 5 })
  expect(record.studentAp.curve?.[100]).toMatchObject({ precision: null, recall: 0 })
  expect(record.student.byClass.cat).toMatchObject({ boxes: 2, right: 1, wrong: 1, missed: 1 })
  expect(record.confusion?.teacher).toBeNull()
  expect(record.confusion?.student).toEqual([
    { truth: 'cat', predicted: 'cat', count: 1 },
    { truth: 'cat', predicted: null, count: 1 },
    { truth: 'dog', predicted: 'cat', count: 1 },
  ])
})

test('a teacher without scores gets F1, edits and confusions, on those images that it answered', async () => {
  const { bench, evaluate } = await benchWith(scenes)
  await bench.draft('one', [box('cat', 0), box('cat', 500)])
  await bench.predictions({ val: [], one: [box('cat', 0, 0.9)], two: [] })
  const { key } = await evaluate()
  const { teacher, confusion } = await requireRecord(bench.store, key, EvaluationRecord)
  expect(teacher).toMatchObject({ images: 1, f1: { value: 0.5 }, editsPerImage: { value: 2 } })
  expect(teacher).not.toHaveProperty('map')
  expect(confusion?.teacher).toEqual(
    expect.arrayContaining([
      { truth: null, predicted: 'cat', count: 1 },
      { truth: 'dog', predicted: null, count: 1 },
    ]),
  )
})

test('test images that show nothing are refused: there is no average precision of nothing', async () => {
  const { bench, evaluate } = await benchWith({
    ...scenes,
    one: { split: 'test', boxes: [] },
    two: { split: 'test', boxes: [] },
  })
  await bench.predictions({ val: [], one: [box('cat', 0, 0.9)], two: [] })
  await expect(evaluate()).rejects.toMatchObject({ code: 'DatasetUnusable', retryable: false })
})

test('a record of an older version, without sizes, curve and confusions, is still read', async () => {
  const { bench, evaluate } = await benchWith(scenes)
  await bench.predictions({ val: [], one: [box('cat', 0, 0.9)], two: [] })
  const { key } = await evaluate()
  const { confusion, studentAp, student, ...rest } = await requireRecord(bench.store, key, EvaluationRecord)
  const { bySize, curve, ...oldAp } = studentAp
  const byClass = Object.fromEntries(
    Object.entries(student.byClass).map(([name, { f1, precision, recall, boxes }]) => [
      name,
      { f1, precision, recall, boxes },
    ]),
  )
  const old = { ...rest, student: { ...student, byClass }, studentAp: oldAp }
  await bench.store.put(key, JSON.stringify(old), 'application/json')
  expect(await requireRecord(bench.store, key, EvaluationRecord)).toEqual(old)
  expect([confusion, bySize, curve].every((one) => one !== undefined)).toBe(true)
})
