import { expect, test } from 'vitest'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { createEvaluationActivities } from '../../../activities/evaluation.ts'
import { predictionShardKey } from '../../../activities/store/predictions.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { requireRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { EvaluationRecord } from '../../../domain/schemas/records/cycle.ts'
import { DatasetLine, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import { PredictionLine, PredictionManifest } from '../../../domain/schemas/records/prediction.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'cells'
const keys = storeKeys(project)
const [model, manifest, dataset] = ['model', 'manifest', 'dataset'].map(sha256Hex) as [string, string, string]
const size = { width: 100, height: 100 }
const cell = { class: 'RBC', xyxy: [10, 10, 60, 60] as [number, number, number, number] }
/** The left fifth of the cell's box: the same object by its box, another by its mask. */
const fifth: [number, number][] = [
  [10, 10],
  [20, 10],
  [20, 60],
  [10, 60],
]

type HeldOut = { name: string; split: 'val' | 'test'; truth: number; found: number; outlined?: boolean }

/** Reviewed held-out images with so many true boxes, and so many of them found by the student. */
async function evaluated(images: readonly HeldOut[], task: 'detect' | 'segment' = 'detect') {
  const store = createMemoryObjectStore()
  const config = ProjectConfig.parse({ project, classes: [{ name: 'RBC' }], task })
  const configHash = await saveConfig(store, config)
  const lines = images.map(({ name, split, truth, outlined }): DatasetLine => ({
    image: sha256Hex(name),
    extension: 'png',
    ...size,
    group: name,
    split,
    boxes: Array.from({ length: truth }, () => (outlined ? { ...cell, polygons: [fifth] } : cell)),
  }))
  const chunk = keys.datasetImages(dataset, 'test', 0)
  await writeLines(store, chunk, DatasetLine, lines)
  await writeRecord(store, keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes: ['RBC'],
    images: { train: 0, val: 0, test: lines.length },
    boxes: 0,
    empty: 0,
    boxesByClass: {},
    chunks: [chunk],
  })
  const shards = [images.map(({ name }) => sha256Hex(name))]
  const content = { v: 1 as const, pool: 'held-out' as const, shards }
  await writeRecord(store, keys.predictionManifest(manifest), PredictionManifest, content)
  const predicted = images.map(({ name, found }): PredictionLine => ({
    image: sha256Hex(name),
    ...size,
    boxes: Array.from({ length: found }, () => ({ ...cell, score: 0.9 })),
    error: null,
  }))
  await writeLines(store, predictionShardKey(project, model, manifest, 0), PredictionLine, predicted)
  const input = { project, configHash, cycle: 1, model, dataset, manifest }
  const { evaluateModel } = createEvaluationActivities({ store })
  const summary = await evaluateModel({ ...input, promptVersion: null })
  return { summary, record: await requireRecord(store, summary.key, EvaluationRecord) }
}

test('the student is scored on test images at a threshold fixed on validation images', async () => {
  const { summary, record } = await evaluated([
    { name: 'val', split: 'val', truth: 1, found: 1 },
    { name: 'right', split: 'test', truth: 1, found: 1 },
    { name: 'missed', split: 'test', truth: 1, found: 0 },
  ])
  expect(summary).toMatchObject({ images: 2, studentF1: 2 / 3, teacherF1: null, threshold: record.threshold })
  expect(record).toMatchObject({ testImages: 2, valImages: 1, teacher: null })
  expect(record.threshold).toBeLessThanOrEqual(0.9)
})

test('an empty test image among others counts, and a false box on it is an error', async () => {
  const { summary } = await evaluated([
    { name: 'val', split: 'val', truth: 1, found: 1 },
    { name: 'right', split: 'test', truth: 1, found: 1 },
    { name: 'empty', split: 'test', truth: 0, found: 1 },
  ])
  expect(summary).toMatchObject({ images: 2, studentF1: 2 / 3 })
})

test('without a reviewed test image, or with empty ones only, it says what to review', async () => {
  const val: HeldOut = { name: 'val', split: 'val', truth: 1, found: 1 }
  const refused = { code: 'DatasetUnusable', retryable: false, hint: expect.stringContaining('test images') }
  await expect(evaluated([val])).rejects.toMatchObject(refused)
  await expect(evaluated([val, { name: 'empty', split: 'test', truth: 0, found: 1 }])).rejects.toMatchObject(
    refused,
  )
})

test('where the task is to segment, masks have an average precision of their own, and the teacher still has none', async () => {
  const images: HeldOut[] = [
    { name: 'val', split: 'val', truth: 1, found: 1 },
    { name: 'whole', split: 'test', truth: 1, found: 1 },
    { name: 'sliver', split: 'test', truth: 1, found: 1, outlined: true },
  ]
  const { summary, record } = await evaluated(images, 'segment')
  expect(record.studentAp.map.value).toBeCloseTo(1, 9)
  expect(record.studentMaskAp?.map50.value).toBeGreaterThan(0.2)
  expect(record.studentMaskAp?.map50.value).toBeLessThan(0.6)
  expect(summary.studentMaskMap50).toBe(record.studentMaskAp?.map50.value)
  expect(record.studentMaskAp?.byClass).toHaveProperty('RBC')
  const boxes = await evaluated(images)
  expect(boxes.record.studentMaskAp).toBeNull()
  expect(boxes.summary.studentMaskMap50).toBeNull()
})
