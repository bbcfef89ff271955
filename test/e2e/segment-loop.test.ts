import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { createReviewBoard } from '../../activities/adapters/label-studio/review-board.ts'
import { readLines, readRecord, requireRecord } from '../../activities/store/records.ts'
import { hull } from '../../domain/polygon.ts'
import { parseLabelText } from '../../domain/formats/yolo.ts'
import { BatchLine, BoardRecord } from '../../domain/schemas/records/batch.ts'
import { ComparisonRecord, DisagreementLine, EvaluationRecord } from '../../domain/schemas/records/cycle.ts'
import { DatasetLine } from '../../domain/schemas/records/dataset.ts'
import { DraftRecord } from '../../domain/schemas/records/draft.ts'
import { GateRecord } from '../../domain/schemas/records/judgement.ts'
import { ModelRecord } from '../../domain/schemas/records/model.ts'
import { PredictionLine } from '../../domain/schemas/records/prediction.ts'
import { ReviewRecord } from '../../domain/schemas/records/review.ts'
import { demoTruth } from '../../infra/stack/stack-plan.ts'
import { openDemoLoop, type DemoLoop } from '../fixtures/stack/demo-loop.ts'
import { startTestStack, type TestStack } from '../fixtures/stack/start-test-stack.ts'

const images = 22

let stack: TestStack
let loop: DemoLoop
/** What the trainer was given: label files by their path, read while it ran. */
const labels = new Map<string, string>()

beforeAll(async () => {
  stack = await startTestStack({ worker: true, simulate: { truth: [demoTruth] }, requestsPerMinute: 6000 })
  loop = await openDemoLoop(stack.settings, {
    images,
    task: 'segment',
    review: { firstBatch: 8, routedBatch: 3 },
    student: { architecture: 'tiny', imageSize: 64, epochs: 30, batch: 2 },
    gate: { minImages: 2 },
  })
  await loop.start()
  await loop.reaches('review', 120_000)
  await loop.review()
  await loop.reaches('train', 120_000)
  await vi.waitFor(
    async () => {
      for await (const path of glob('**/labels/{train,val}/*.txt', { cwd: stack.home.folder })) {
        // What is still being written is no data set yet.
        if (path.includes('.part')) continue
        labels.set(path, await readFile(join(stack.home.folder, path), 'utf8'))
      }
      expect(labels.size).toBeGreaterThan(6)
    },
    { timeout: 60_000, interval: 50 },
  )
  expect(await loop.result()).toMatchObject({ outcome: 'completed' })
}, 400_000)
afterAll(async () => {
  await loop?.close()
  await stack?.stop()
}, 60_000)

async function keysUnder(prefix: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = []
  for await (const key of loop.store.list(prefix)) if (pattern.test(key)) found.push(key)
  return found
}

interface Outlined {
  readonly polygons?: readonly (readonly (readonly [number, number])[])[] | undefined
}
const shareWithOutlines = (boxes: readonly Outlined[]): number =>
  boxes.filter(({ polygons = [] }) => polygons.length > 0).length / boxes.length

test('the teacher drafts outlines, and what people answered keeps them', async () => {
  const draftKeys = await keysUnder(loop.keys.allDrafts, /\/[0-9a-f]{64}\.json$/)
  const drafts = await Promise.all(draftKeys.map((key) => requireRecord(loop.store, key, DraftRecord)))
  expect(drafts).toHaveLength(images)
  expect(shareWithOutlines(drafts.flatMap(({ boxes }) => boxes))).toBeGreaterThan(0.9)
  const reviewKeys = await keysUnder(`${loop.name}/reviews/`, /\.json$/)
  const reviews = await Promise.all(reviewKeys.map((key) => requireRecord(loop.store, key, ReviewRecord)))
  expect(shareWithOutlines(reviews.flatMap(({ boxes }) => boxes))).toBe(1)
})

test('outlines arrive in the label files of the trainer, corner by corner', async () => {
  const rows = [...labels.values()].flatMap((text) => parseLabelText(text))
  expect(rows.length).toBeGreaterThan(50)
  for (const row of rows) expect('ring' in row && row.ring.length).toBeGreaterThan(20)
  const chunks = await keysUnder(`${loop.name}/datasets/`, /(train|val)-\d+\.jsonl$/)
  const lines = (await Promise.all(chunks.map((key) => readLines(loop.store, key, DatasetLine)))).flat()
  expect(rows).toHaveLength(lines.flatMap(({ boxes }) => boxes).length)
})

test('outlines come out of the exported model into predictions, figures and the gate', async () => {
  const evaluation = await requireRecord(
    loop.store,
    loop.keys.cycleFile(1, 'evaluation.json'),
    EvaluationRecord,
  )
  const model = await requireRecord(loop.store, loop.keys.modelRecord(evaluation.model), ModelRecord)
  expect(model).toMatchObject({ task: 'segment' })
  const shards = await keysUnder(`${loop.name}/predictions/${evaluation.model}/`, /\.jsonl$/)
  const predicted = (
    await Promise.all(shards.map((key) => readLines(loop.store, key, PredictionLine)))
  ).flat()
  const boxes = predicted.flatMap((line) => line.boxes)
  expect(boxes.length).toBeGreaterThan(0)
  expect(shareWithOutlines(boxes)).toBe(1)
  for (const { xyxy, polygons = [] } of boxes) {
    // An outline is cut at its box; a pixel of the model's input is ten of the picture.
    const [x1, y1, x2, y2] = hull(polygons.flat())
    expect(Math.min(x1 - xyxy[0], y1 - xyxy[1], xyxy[2] - x2, xyxy[3] - y2)).toBeGreaterThan(-10)
  }
  expect(evaluation.studentMaskAp?.map.value).toEqual(expect.any(Number))
  expect(evaluation.teacher).not.toHaveProperty('map')
  const gate = await readRecord(loop.store, loop.keys.cycleFile(1, 'gate.json'), GateRecord)
  expect(gate).toMatchObject({ judgedBy: 'mask', promoted: true })
  const report = await loop.store.get(loop.keys.cycleFile(1, 'report.html'))
  expect(Buffer.from(report!.body).toString()).toContain('mask mAP50-95')
})

test('teacher and student are compared with their outlines, and both stand in the drafts of the next batch', async () => {
  const comparison = await requireRecord(
    loop.store,
    loop.keys.cycleFile(1, 'comparison.json'),
    ComparisonRecord,
  )
  expect(comparison.images).toBeGreaterThan(2)
  const lines = await readLines(loop.store, loop.keys.cycleFile(1, 'disagreements.jsonl'), DisagreementLine)
  const shown = lines.flatMap(({ disagreements }) => disagreements)
  expect(shareWithOutlines(shown.flatMap(({ teacher }) => teacher ?? []))).toBeGreaterThan(0.9)
  for (const { student } of shown) if (student !== null) expect(student.polygons).toBeDefined()

  const [line] = await readLines(loop.store, loop.keys.batch(2), BatchLine)
  expect(shareWithOutlines(line!.draft)).toBeGreaterThan(0.9)
  const { board: ref } = await requireRecord(loop.store, loop.keys.board, BoardRecord)
  const board = createReviewBoard({ ...stack.settings.board, store: stack.settings.store })
  const task = (await board.tasks(ref)).find(({ uid }) => uid === line!.uid)
  const { url, token } = stack.settings.board
  const response = await fetch(`${url}/api/tasks/${task!.taskId}/`, {
    headers: { authorization: `Token ${token}` },
  })
  const { predictions } = z
    .object({ predictions: z.array(z.object({ result: z.array(z.object({ type: z.string() })) })) })
    .parse(await response.json())
  const drawn = predictions.at(-1)!.result.filter(({ type }) => type === 'polygonlabels')
  expect(drawn.length).toBeGreaterThanOrEqual(line!.draft.filter(({ polygons }) => polygons).length)
})
