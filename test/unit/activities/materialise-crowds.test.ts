import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { materialiseDataset } from '../../../activities/materialise-dataset.ts'
import { writeLines, writeRecord } from '../../../activities/store/records.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { DatasetLine, DatasetRecord } from '../../../domain/schemas/records/dataset.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const keys = storeKeys('cells')
const dataset = sha256Hex('dataset')
const cell = { class: 'RBC', xyxy: [10, 10, 60, 60] as [number, number, number, number] }
const crowd = { ...cell, crowd: true }
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-crowds-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('an image of nothing but a crowd is not learnt from as an empty one; an empty one is', async () => {
  const store = createMemoryObjectStore()
  const scenes = { crowd: [crowd], mixed: [cell, crowd], empty: [] }
  const lines = Object.entries(scenes).map(([name, boxes]): DatasetLine => ({
    image: sha256Hex(name),
    extension: 'png',
    width: 100,
    height: 100,
    group: name,
    split: 'train',
    boxes,
  }))
  const chunk = keys.datasetImages(dataset, 'train', 0)
  await writeLines(store, chunk, DatasetLine, lines)
  await writeRecord(store, keys.datasetRecord(dataset), DatasetRecord, {
    v: 1,
    dataset,
    classes: ['RBC'],
    images: { train: 3, val: 0, test: 0 },
    boxes: 1,
    empty: 1,
    boxesByClass: {},
    chunks: [chunk],
  })
  for (const { image } of lines) await store.put(keys.imageBytes(image, 'png'), 'bytes', 'image/png')
  const target = join(folder, 'made')
  const version = { project: 'cells', dataset, task: 'detect' as const }
  await materialiseDataset(store, target, version, () => {})
  const made = await readdir(join(target, 'images', 'train'))
  expect(made.sort()).toEqual(['mixed', 'empty'].map((name) => `${sha256Hex(name)}.png`).sort())
})
