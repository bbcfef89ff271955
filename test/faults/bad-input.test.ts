import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createReviewBoard } from '../../activities/adapters/label-studio/review-board.ts'
import { readLines, requireRecord } from '../../activities/store/records.ts'
import { listReviews } from '../../activities/store/reviews.ts'
import { AttemptRecord } from '../../domain/schemas/records/attempt.ts'
import { BatchLine, BoardRecord } from '../../domain/schemas/records/batch.ts'
import { DatasetRecord } from '../../domain/schemas/records/dataset.ts'
import { demoTruth } from '../../infra/stack/stack-plan.ts'
import { openDemoLoop, simulatorOf, type DemoLoop } from '../fixtures/stack/demo-loop.ts'
import { startTestStack, testEnvironment, type TestStack } from '../fixtures/stack/start-test-stack.ts'
import { region, regionWithoutImage } from '../integration/label-studio/review-bench.ts'

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))
const photograph = fileURLToPath(
  new URL('../../demo/blood-cells/images/BloodImage_00000.jpg', import.meta.url),
)
const images = 20
const config = {
  images,
  review: { firstBatch: 8, routedBatch: 4 },
  gate: { minImages: 2 },
}
const tiny = { architecture: 'tiny', imageSize: 64, epochs: 2 }

let stack: TestStack
let loop: DemoLoop
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-bad-input-'))
  stack = await startTestStack({ worker: true, simulate: { truth: [demoTruth] }, requestsPerMinute: 6000 })
  loop = await openDemoLoop(stack.settings, {
    ...config,
    student: { ...tiny, architecture: 'model-that-nobody-has.yaml' },
  })
}, 300_000)
afterAll(async () => {
  await loop?.close()
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

// One project meets everything that can be wrong, in the order in which a cycle comes to it.
describe('a project with bad input everywhere', () => {
  test('names unreadable files, exits 1, and brings in the rest', async () => {
    await writeFile(join(folder, 'understudy.yaml'), JSON.stringify(loop.config))
    await writeFile(join(folder, 'broken.jpg'), 'no picture')
    await copyFile(photograph, join(folder, 'good.jpg'))
    const { exitCode, stdout } = await execa(
      process.execPath,
      [main, '-C', folder, 'ingest', folder, '--json'],
      { env: { ...testEnvironment(), UNDERSTUDY_HOME: stack.home.folder }, extendEnv: false, reject: false },
    )
    expect(exitCode).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      added: 0,
      known: 1,
      failed: [{ path: 'broken.jpg', reason: 'broken', detail: expect.any(String) }],
    })
  })

  test('drafts what can be drafted; an error is a failure, never an empty draft', async () => {
    const photo = (number: number): string => `BloodImage_0000${number}.jpg`
    await simulatorOf(stack.settings).script([
      { match: { image: photo(0) }, fault: { kind: 'cut', keep: 0.6 } },
      { match: { image: photo(1) }, fault: { kind: 'fenced' } },
      { match: { image: photo(2) }, fault: { kind: 'prompt-blocked' } },
      { match: { image: photo(3) }, fault: { kind: 'unknown-label' } },
      { match: { image: photo(4) }, fault: { kind: 'refusal' } },
      { match: { image: photo(5) }, times: 2, fault: { kind: 'status', code: 500 } },
    ])
    await loop.start()
    await loop.reaches('review', 60_000)
    expect((await loop.state()).progress?.drafting).toMatchObject({
      total: images,
      done: images - 1,
      failed: 1,
      partial: 2,
      blocked: 1,
    })
    const codes: string[] = []
    for await (const key of loop.store.list(`${loop.name}/attempts/`)) {
      codes.push((await requireRecord(loop.store, key, AttemptRecord)).code)
    }
    expect(codes.sort()).toEqual([
      'TeacherBadReply',
      'TeacherBadReply',
      'TeacherUnavailable',
      'TeacherUnavailable',
    ])
  })

  test('keeps apart what was accepted, found empty, skipped, refused and withdrawn', async () => {
    const { board: ref } = await requireRecord(loop.store, loop.keys.board, BoardRecord)
    const tasks = await createReviewBoard({ ...stack.settings.board, store: stack.settings.store }).tasks(ref)
    const queued = await readLines(loop.store, loop.keys.batch(1), BatchLine)
    const learnt = queued.filter(({ split }) => split === 'train').slice(0, 5)
    const [gone, skipped, empty, notLoaded, foreign] = learnt.map(
      ({ uid }) => tasks.find((task) => task.uid === uid)!.taskId,
    )
    await labelStudio('DELETE', `/api/tasks/${gone}/`)
    await answer(skipped!, [region('RBC')], true)
    await answer(empty!, [])
    const unseen = await answer(notLoaded!, [regionWithoutImage('RBC')])
    await answer(foreign!, [region('Neutrophil')])
    expect(await loop.review()).toBe(queued.length - 5)
    const counts = { accepted: queued.length - 4, skipped: 1, withdrawn: 1 }
    await seen({ ...counts, refused: 2, waiting: 2 })

    await labelStudio('PATCH', `/api/annotations/${unseen}/`, { result: [region('RBC')], lead_time: 3 })
    await loop.review()
    await seen({ ...counts, accepted: queued.length - 3, refused: 1, waiting: 1 })
    const refusals: string[] = []
    let emptyOnes = 0
    for await (const { review } of listReviews(loop.store, loop.name)) {
      if (review.outcome === 'refused') refusals.push(review.refusal!.code)
      if (review.outcome === 'accepted' && review.boxes.length === 0) emptyOnes += 1
    }
    expect(refusals.sort()).toEqual(['image-not-loaded', 'unknown-class'])
    expect(emptyOnes).toBe(1)
  })

  test('a trainer that exits non-zero ends the cycle with its words, and nothing is lost', async () => {
    await loop.finishReview()
    await expect(loop.result()).rejects.toThrow()
    expect((await loop.state()).failure).toMatchObject({
      code: 'TrainerFailed',
      message: expect.stringContaining('model-that-nobody-has'),
    })
  })

  test('the next cycle, with the cause mended, pays only for what failed and learns from every review', async () => {
    const teacher = simulatorOf(stack.settings)
    await teacher.script([])
    const before = await teacher.calls()
    const mended = await openDemoLoop(stack.settings, { ...config, student: tiny })
    await mended.start()
    await mended.reaches('review', 60_000)
    expect((await teacher.calls()).paid - before.paid).toBe(1)
    expect((await mended.state()).progress?.drafting).toMatchObject({ total: 1, done: 1, failed: 0 })
    await mended.finishReview()
    const { outcome, model } = await mended.result()
    expect(outcome).toBe('completed')
    expect(model).not.toBeNull()
    await mended.close()

    const queued = await readLines(loop.store, loop.keys.batch(1), BatchLine)
    const learnable = queued.filter(({ split }) => split === 'train').length
    const records: DatasetRecord[] = []
    for await (const key of loop.store.list(loop.keys.datasets)) {
      if (key.endsWith('/dataset.json')) records.push(await requireRecord(loop.store, key, DatasetRecord))
    }
    // Deleted, skipped and refused are out; the empty one and the mended one are in.
    expect(records.map((record) => record.images.train)).toEqual([learnable - 3])
  })
})

async function seen(counts: Readonly<Record<string, number>>): Promise<void> {
  await vi.waitFor(async () => expect((await loop.state()).progress?.review).toMatchObject(counts), {
    timeout: 30_000,
    interval: 200,
  })
}

async function labelStudio(method: string, path: string, body?: unknown): Promise<{ id: number }> {
  const { url, token } = stack.settings.board
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? { id: 0 } : JSON.parse(text)
}

/** What the editor posts; resolves to the annotation's number. */
const answer = async (task: number, result: readonly unknown[], was_cancelled = false): Promise<number> =>
  (await labelStudio('POST', `/api/tasks/${task}/annotations`, { result, lead_time: 3, was_cancelled })).id
