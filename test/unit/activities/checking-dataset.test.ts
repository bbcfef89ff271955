import sharp from 'sharp'
import { beforeEach, expect, test } from 'vitest'
import { openPicture } from '../../../activities/adapters/sharp/open-picture.ts'
import { createDatasetCheck } from '../../../activities/checking-dataset.ts'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { findDataset, listDatasets } from '../../../activities/dataset-library.ts'
import { createDatasetActivities } from '../../../activities/datasets.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { openDatasetBench, type DatasetBench } from '../../fixtures/dataset-bench.ts'

let bench: DatasetBench
beforeEach(() => {
  bench = openDatasetBench()
})
const cell = { class: 'RBC', xyxy: [10, 10, 30, 30] as [number, number, number, number], score: null }

/** A reviewed image with a real picture. */
async function picture(
  name: string,
  split: 'train' | 'val' | 'test',
  spoil = (bytes: Buffer): Buffer | null => bytes,
) {
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 30 }
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'red', noise } })
    .png()
    .toBuffer()
  const image = await bench.ingest(name, { split, width: 64, height: 48, storedSha256: sha256Hex(bytes) })
  const body = spoil(bytes)
  if (body !== null) await bench.store.put(bench.keys.imageBytes(image, 'png'), body, 'image/png')
  await bench.review(image, [cell])
  return image
}
async function build(): Promise<string> {
  const config = ProjectConfig.parse({ project: bench.project, classes: [{ name: 'RBC' }] })
  const configHash = await saveConfig(bench.store, config)
  const { buildDataset } = createDatasetActivities({ store: bench.store, now: bench.now })
  return (await buildDataset({ project: bench.project, configHash, cycle: 1 })).dataset
}
const check = (pictures = true, dataset: string | null = null) =>
  createDatasetCheck({ store: bench.store, decode: openPicture })({
    project: bench.project,
    dataset,
    pictures,
    signal: new AbortController().signal,
    onProgress: () => {},
  })
const told = async (pictures?: boolean) =>
  (await check(pictures)).findings.map(({ kind, subject }) => [kind, subject])

test('finds nothing in a sound version', async () => {
  for (const split of ['train', 'val', 'test'] as const) await picture(split, split)
  const dataset = await build()
  expect(await check()).toEqual({ dataset, images: 3, boxes: 3, picturesOpened: true, findings: [] })
})

test('opens every picture: cut, foreign, changed and missing ones are found', async () => {
  for (const split of ['train', 'val', 'test'] as const) await picture(split, split)
  const other = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'blue' } })
    .png()
    .toBuffer()
  const spoilt = await Promise.all([
    picture('cut', 'train', (bytes) => bytes.subarray(0, bytes.length / 2)),
    picture('text', 'train', () => Buffer.from('no picture')),
    picture('size', 'train', () => other),
    picture('bytes', 'train', (bytes) => Buffer.concat([bytes, Buffer.from('!')])),
    picture('gone', 'train', () => null),
  ])
  await build()
  expect(await told()).toEqual(spoilt.sort().map((image) => ['corrupt-image', image]))
  expect(await told(false)).toEqual([])
})

test('finds tasks that were answered more than once, and says which answer counts', async () => {
  for (const split of ['train', 'val', 'test'] as const) await picture(split, split)
  const image = await picture('twice', 'train')
  await bench.review(image, [])
  const again = await picture('reviewed again later', 'train')
  await bench.review(again, [cell], { uid: 'another batch' })
  await build()
  expect(await told()).toEqual([['several-annotations', image]])
})

test('tells of quarantined images, which are in no version', async () => {
  for (const split of ['train', 'val', 'test'] as const) await picture(split, split)
  const image = await bench.ingest('bridge.png', { split: 'quarantined' })
  await build()
  expect((await check()).findings).toEqual([
    {
      kind: 'quarantined',
      subject: image,
      detail: 'bridge.png joins groups of different splits: it is never used',
    },
  ])
})

test('a version is found by the first digits of its hash, the newest without any', async () => {
  for (const split of ['train', 'val', 'test'] as const) await picture(split, split)
  const first = await build()
  bench.now = () => new Date('2026-11-22T04:00:00Z')
  await picture('more', 'train')
  const second = await build()
  const { store, project } = bench
  expect((await listDatasets(store, project)).map(({ dataset }) => dataset)).toEqual([first, second])
  expect((await findDataset(store, project, null)).dataset).toBe(second)
  expect((await findDataset(store, project, first.slice(0, 8))).dataset).toBe(first)
  await expect(findDataset(store, project, 'nothing')).rejects.toMatchObject({ code: 'NotFound' })
  await expect(findDataset(store, project, '')).rejects.toMatchObject({ code: 'BadInput' })
})
