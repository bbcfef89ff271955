import { beforeEach, expect, test } from 'vitest'
import { createDatasetActivities } from '../../../activities/datasets.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { readLines, requireRecord, writeRecord } from '../../../activities/store/records.ts'
import type { Split } from '../../../domain/contracts/splits.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { DatasetLine, DatasetOrigin, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import { DraftRecord } from '../../../domain/schemas/records/draft.ts'
import { openDatasetBench, type DatasetBench } from '../../fixtures/dataset-bench.ts'

let bench: DatasetBench
beforeEach(() => {
  bench = openDatasetBench()
})

const promptVersion = '5'.repeat(64)
const cell = { class: 'RBC', xyxy: [10, 10, 60, 60] as [number, number, number, number], score: null }

async function draft(name: string, split: Split, changes: Partial<DraftRecord> = {}): Promise<string> {
  const image = await bench.ingest(name, { split })
  await writeRecord(bench.store, bench.keys.draft(promptVersion, image), DraftRecord, {
    v: 1,
    image,
    promptVersion,
    status: 'ok',
    boxes: [cell],
    faults: [],
    blockReason: null,
    teacher: { vendor: 'gemini', endpoint: 'simulated', model: 'm', modelVersion: null },
    usage: { prompt: 1, output: 1, thoughts: 0 },
    usd: 0,
    callId: name,
    createdAt: '2026-11-21T00:00:00Z',
    ...changes,
  })
  return image
}

async function build(useDrafts: 'never' | 'train' | null) {
  const config = ProjectConfig.parse({
    project: bench.project,
    classes: [{ name: 'RBC' }],
    ...(useDrafts === null ? {} : { student: { useDrafts } }),
  })
  const configHash = await saveConfig(bench.store, config)
  const activities = createDatasetActivities({ store: bench.store, now: bench.now })
  const summary = await activities.buildDataset({ project: bench.project, configHash, cycle: 1 })
  const record = await requireRecord(bench.store, bench.keys.datasetRecord(summary.dataset), DatasetRecord)
  const lines = await Promise.all(record.chunks.map((key) => readLines(bench.store, key, DatasetLine)))
  return { summary, record, lines: lines.flat() }
}

/** A reviewed image in each split that is needed, and drafts of every kind. */
async function arrange() {
  await bench.accept('reviewed', 'train', [cell])
  await bench.accept('held out', 'val', [cell])
  const fresh = await draft('fresh', 'train')
  await draft('drafted and held out', 'test')
  await draft('drafted for validation', 'val')
  await draft('cut short', 'train', { status: 'partial' })
  await draft('blocked', 'train', { status: 'blocked', boxes: [] })
  await draft('nothing there', 'train', { boxes: [] })
  await draft('of a class that is gone', 'train', { boxes: [{ ...cell, class: 'WBC' }] })
  await draft('reviewed', 'train', { boxes: [] })
  await bench.review(await draft('skipped', 'train'), [], { outcome: 'skipped' })
  return fresh
}

test('drafts that nobody has reviewed are in no version unless the config asks for them', async () => {
  await arrange()
  for (const useDrafts of [null, 'never'] as const) {
    const { lines, record, summary } = await build(useDrafts)
    expect(lines).toHaveLength(2)
    expect([record.unreviewed, summary.unreviewed]).toEqual([undefined, undefined])
  }
})

test('asked for, whole drafts of training images are in it and marked; held-out images, skips and empty answers are not', async () => {
  const fresh = await arrange()
  const { lines, record, summary } = await build('train')
  expect(lines.filter(({ unreviewed }) => unreviewed === true).map(({ image }) => image)).toEqual([fresh])
  expect(lines).toHaveLength(3)
  expect([record.unreviewed, summary.unreviewed]).toEqual([1, 1])
  const origins = await readLines(bench.store, bench.keys.datasetOrigins(record.dataset, 0), DatasetOrigin)
  expect(origins.find(({ image }) => image === fresh)?.from).toBe(bench.keys.draft(promptVersion, fresh))
})

test('a draft is no news for the champion, and another version once a person accepts it as it is', async () => {
  const fresh = await arrange()
  const before = await build('train')
  expect(before.summary.newSinceChampion).toBe(1)
  await bench.review(fresh, [cell])
  const after = await build('train')
  expect(after.summary.newSinceChampion).toBe(2)
  expect(after.summary.dataset).not.toBe(before.summary.dataset)
})
