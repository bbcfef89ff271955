import { readFile } from 'node:fs/promises'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createStandInReviewer } from '../../../activities/adapters/label-studio/stand-in-reviewer.ts'
import type { BatchLine } from '../../../domain/schemas/records/batch.ts'
import { findBrowser } from '../../fixtures/find-browser.ts'
import { signIn } from '../../fixtures/label-studio/sign-in.ts'
import { openReviewBench, type ReviewBench } from './review-bench.ts'

const program = findBrowser()
const photograph = new URL('../../../demo/blood-cells/images/BloodImage_00000.jpg', import.meta.url)
const ring = (x: number, y: number, radius: number): [number, number][] =>
  Array.from({ length: 24 }, (_, index) => {
    const angle = (index / 24) * 2 * Math.PI
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  })
const draft: BatchLine['draft'] = [
  {
    class: 'WBC',
    xyxy: [260, 165, 490, 395],
    score: null,
    source: 'teacher',
    polygons: [ring(375, 280, 115)],
  },
  {
    class: 'RBC',
    xyxy: [80, 100, 180, 240],
    score: null,
    source: 'teacher',
    polygons: [ring(110, 130, 30), ring(150, 210, 30)],
  },
  { class: 'RBC', xyxy: [500, 20, 600, 120], score: null, source: 'teacher' },
]

describe('outlines on the real board', () => {
  let bench: ReviewBench
  let lines: BatchLine[]
  beforeAll(async () => {
    bench = await openReviewBench(undefined, 'segment')
    await bench.activities.prepareBoard(bench.ref)
    const picture = await readFile(photograph)
    const images = await Promise.all(['seen', 'stand-in'].map((seed) => bench.addImage(seed, picture)))
    lines = await bench.queue(1, images, draft)
    await bench.activities.postBatch({ ...bench.ref, cycle: 1, batch: 1 })
  })
  afterAll(() => bench?.close())

  it('are taken as drafts: polygons for what has some, a box for what has none', async () => {
    const taskId = await bench.taskIdOf(lines[0]!.uid)
    const task = await bench.call<{ predictions: { result: { type: string; id: string }[] }[] }>(
      'GET',
      `/api/tasks/${taskId}/`,
    )
    const prefix = lines[0]!.uid.slice(0, 8)
    expect(task.predictions[0]!.result.map(({ type, id }) => [type, id])).toEqual([
      ['polygonlabels', `${prefix}_0`],
      ['polygonlabels', `${prefix}_1`],
      ['polygonlabels', `${prefix}_1_1`],
      ['rectanglelabels', `${prefix}_2`],
    ])
  })

  describe.skipIf(program === null)('in a real browser', () => {
    let browser: Browser
    let page: Page
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: program!, args: ['--no-sandbox'] })
      page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
      await signIn(page, bench.settings.board.url, inject('boardLogin'))
    })
    afterAll(() => browser?.close())

    it('are shown, submitted untouched, and read back with every corner', async () => {
      const taskId = await bench.taskIdOf(lines[0]!.uid)
      await page.goto(`${bench.board.url(await bench.boardRef())}&task=${taskId}`)
      await page.locator('canvas').first().waitFor()
      const submit = page.locator('button', { hasText: 'Submit' }).last()
      await submit.waitFor()
      const saved = page.waitForResponse(
        (response) => response.url().includes('/annotations') && response.request().method() !== 'GET',
      )
      await submit.click()
      expect((await saved).ok()).toBe(true)
      expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({ accepted: 1, refused: 0 })
      const review = (await bench.reviews()).find(({ uid }) => uid === lines[0]!.uid)
      expect(
        review?.boxes.map(({ class: name, origin, polygons }) => [name, origin, polygons?.length]),
      ).toEqual([
        ['WBC', 'prediction', 1],
        ['RBC', 'prediction', 2],
        ['RBC', 'prediction', undefined],
      ])
      review?.boxes.forEach(({ polygons = [] }, index) => {
        const sent = draft[index]!.polygons ?? []
        const numbers = polygons.flat(2)
        sent.flat(2).forEach((value, at) => expect(numbers[at]).toBeCloseTo(value, 3))
      })
    })
  })

  it('are answered by the stand-in reviewer, stretched to the published boxes', async () => {
    const size = { width: 640, height: 480 }
    const boxes = [
      { class: 'WBC', xyxy: [270, 165, 500, 395] as const, score: null },
      { class: 'RBC', xyxy: [500, 20, 600, 120] as const, score: null },
    ]
    const standIn = createStandInReviewer(bench.settings.board)
    const image = lines[1]!.image
    await standIn.review(await bench.boardRef(), {
      truth: (task) => (task.image === image ? { size, boxes } : null),
    })
    await bench.activities.collectReviews(bench.ref)
    const review = (await bench.reviews()).find(({ uid }) => uid === lines[1]!.uid)
    expect(review?.outcome).toBe('accepted')
    const [white, red] = review!.boxes
    expect(white).toMatchObject({ class: 'WBC', origin: 'prediction-changed' })
    expect(white?.polygons?.[0]).toHaveLength(24)
    white?.xyxy.forEach((value, side) => expect(value).toBeCloseTo(boxes[0]!.xyxy[side]!, 1))
    expect(red).toMatchObject({ class: 'RBC', origin: 'prediction' })
  })
})
