import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { parseResults } from '../../../activities/adapters/ultralytics/results-csv.ts'
import { endGroup } from '../../../activities/detached-training/process-identity.ts'
import { leaderOf, listAttempts } from '../../../activities/detached-training/run-folder.ts'
import { createDetector } from '../../../activities/adapters/onnx/detector.ts'
import type { TrainingJob } from '../../../activities/roles/trainer.ts'
import { readOnnxMetadata } from '../../../domain/inference/onnx-metadata.ts'
import { fromYoloRow, parseLabelText, toLabelText, toYoloOutline } from '../../../domain/formats/yolo.ts'
import { compareRuntimes } from './compare-runtimes.ts'
import { jobFor, makeDataset, trainerIn } from './trainer-bench.ts'

let home: string
let datasetFolder: string
beforeEach(async () => {
  ;({ home, datasetFolder } = await makeDataset())
})
afterEach(async () => {
  for (const run of await readdir(join(home, 'runs')).catch(() => [])) {
    for (const attempt of await listAttempts(join(home, 'runs', run)).catch(() => [])) {
      await endGroup(leaderOf(attempt), 2000)
    }
  }
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

const train = (job: TrainingJob) =>
  trainerIn(home).train(job, { onProgress: () => {}, signal: new AbortController().signal })

test('the same data, arguments and seed give the same model on the same machine, figure by figure', async () => {
  const first = await train({ ...jobFor(datasetFolder, 2), runId: 'first' })
  const second = await train({ ...jobFor(datasetFolder, 2), runId: 'second' })
  const figures = async (path: string) =>
    parseResults(await readFile(path, 'utf8')).rows.map(({ losses, map50, map }) => ({ losses, map50, map }))
  expect(await figures(second.curvePath)).toEqual(await figures(first.curvePath))
  expect(second.command).toEqual(first.command)
  expect(second.packages).toEqual(first.packages)

  // The file holds the date of its export; what the model says of a photograph must be the same to the last bit.
  const detector = createDetector()
  try {
    const photograph = join(
      datasetFolder,
      'images',
      'val',
      (await readdir(join(datasetFolder, 'images', 'val')))[0]!,
    )
    const boxes = await Promise.all(
      [first, second].map(async ({ onnxPath }) => {
        const settings = { confidence: 0.001, iou: 0.7, maxDetections: 300 }
        const source = await readFile(photograph)
        for await (const result of detector.detect(onnxPath, [{ id: 'one', source }], settings)) return result
        throw new Error('The detector said nothing.')
      }),
    )
    expect(boxes[0]).toMatchObject({ ok: true })
    expect(boxes[1]).toEqual(boxes[0])
  } finally {
    await detector.close()
  }
  const other = await train({
    ...jobFor(datasetFolder, 2),
    runId: 'other-seed',
    arguments: { ...jobFor(datasetFolder, 2).arguments, seed: 1 },
  })
  expect(await figures(other.curvePath)).not.toEqual(await figures(first.curvePath))
  expect(sha256Hex(await readFile(other.onnxPath))).not.toBe(sha256Hex(await readFile(first.onnxPath)))
}, 300_000)

/** The rectangles of the demo's labels as outlines: what a box without one becomes. */
async function outlineLabels(): Promise<void> {
  const size = { width: 640, height: 480 }
  for (const split of ['train', 'val']) {
    const folder = join(datasetFolder, 'labels', split)
    for (const name of await readdir(folder)) {
      const rows = parseLabelText(await readFile(join(folder, name), 'utf8')).flatMap((row) =>
        'ring' in row ? [] : [toYoloOutline(row.classIndex, { xyxy: fromYoloRow(row, size) }, size)],
      )
      await writeFile(join(folder, name), toLabelText(rows))
    }
  }
}

test('a student of outlines trains from scratch, tells the mAP of its outlines, and exports masks', async () => {
  await outlineLabels()
  const output = await train({ ...jobFor(datasetFolder, 1), task: 'segment' })
  expect(output.command.slice(0, 4)).toEqual(['yolo', 'segment', 'train', 'model=understudy-tiny-seg.yaml'])
  const { rows } = parseResults(await readFile(output.curvePath, 'utf8'))
  expect(rows).toMatchObject([{ epoch: 1, losses: { box: expect.any(Number), seg: expect.any(Number) } }])
  expect(await readFile(output.curvePath, 'utf8')).toContain('metrics/mAP50-95(M)')
  const metadata = readOnnxMetadata(await readFile(output.onnxPath))
  expect(metadata).toMatchObject({
    ok: true,
    properties: expect.objectContaining({ task: 'segment', names: expect.stringContaining('Platelets') }),
  })
  expect((await compareRuntimes(output, datasetFolder)).differences).toEqual([])
})
