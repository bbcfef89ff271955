import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { normaliseImage } from '../../../activities/adapters/sharp/normalise-image.ts'
import { createDatasetActivities } from '../../../activities/datasets.ts'
import { createDatasetExport } from '../../../activities/exporting-dataset.ts'
import { createLabelImport } from '../../../activities/importing-labels.ts'
import { createIngest } from '../../../activities/ingesting.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { readLabels } from '../../../cli/dataset/read-labels.ts'
import { createClassTable } from '../../../domain/ontology.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'
import { jobFor, pathsIn, trainerIn } from './trainer-bench.ts'

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'understudy-export-'))
})
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))

const demo = fileURLToPath(new URL('../../../demo/blood-cells/', import.meta.url))
const project = 'cells'
const now = () => new Date('2026-11-21T04:00:00Z')

/** The demo's photographs, imported with their published labels, as a version exported and then moved away. */
async function exported(format: 'yolo' | 'yolo-seg') {
  const store = createMemoryObjectStore()
  const config = ProjectConfig.parse({
    project,
    classes: ['RBC', 'WBC', 'Platelets'].map((name) => ({ name })),
  })
  const controls = { signal: new AbortController().signal, onProgress: () => {} }
  const imported = await createLabelImport({
    store,
    ingest: createIngest({ store, normalise: normaliseImage, now }),
    now,
  })({
    project,
    format: 'coco',
    from: 'labels.coco.json',
    labels: await readLabels('coco', join(demo, 'labels.coco.json')),
    folder: join(demo, 'images'),
    classes: createClassTable(config.classes),
    ignoreUnknownClasses: false,
    grouping: 'near-duplicates',
    fractions: config.split,
    ...controls,
  })
  const configHash = await saveConfig(store, config)
  const version = await createDatasetActivities({ store, now }).buildDataset({
    project,
    configHash,
    cycle: 1,
  })
  const first = join(home, 'first')
  await createDatasetExport({ store })({ project, dataset: null, format, folder: first, ...controls })
  const folder = join(home, 'moved')
  await rename(first, folder)
  return { folder, version, imported }
}

test.each(['yolo', 'yolo-seg'] as const)(
  'the real trainer reads a %s export whole, wherever it was moved, and trains on it',
  async (format) => {
    const { folder, version, imported } = await exported(format)
    expect(imported.skipped).toEqual([])
    for (const split of ['train', 'val', 'test'] as const) {
      expect(await readdir(join(folder, 'images', split))).toHaveLength(version[split])
      expect(await readdir(join(folder, 'labels', split))).toHaveLength(version[split])
    }
    const output = await trainerIn(home).train(jobFor(folder, 1, null), {
      onProgress: () => {},
      signal: new AbortController().signal,
    })
    expect(output.epochs).toBe(1)
    const log = await readFile(pathsIn(home).log(1), 'utf8')
    const scans = [...log.matchAll(/(\d+) images?, (\d+) backgrounds?, (\d+) corrupt/g)].map(
      ([, ...counts]) => counts.map(Number),
    )
    expect(scans).toContainEqual([version.train, 0, 0])
    expect(scans).toContainEqual([version.val, 0, 0])
  },
  300_000,
)
