import { readFile } from 'node:fs/promises'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { BatchLine } from '../../../domain/schemas/records/batch.ts'
import { findBrowser } from '../../fixtures/find-browser.ts'
import { signIn } from '../../fixtures/label-studio/sign-in.ts'
import { openReviewBench, type ReviewBench } from './review-bench.ts'

const program = findBrowser()
const photograph = new URL('../../../demo/blood-cells/images/BloodImage_00000.jpg', import.meta.url)
const draft: BatchLine['draft'] = [
  { class: 'WBC', xyxy: [260, 170, 490, 380], score: null, source: 'both' },
  { class: 'RBC', xyxy: [80, 130, 180, 240], score: 0.7, source: 'student' },
]

describe.skipIf(program === null)('the editor, driven by a real browser', () => {
  let bench: ReviewBench
  let browser: Browser
  let page: Page
  let lines: BatchLine[]

  beforeAll(async () => {
    bench = await openReviewBench()
    await bench.activities.prepareBoard(bench.ref)
    const picture = await readFile(photograph)
    const images = await Promise.all(['shown', 'lost'].map((seed) => bench.addImage(seed, picture)))
    lines = await bench.queue(1, images, draft)
    await bench.store.remove([bench.keys.imageBytes(images[1]!, 'jpg')])
    await bench.activities.postBatch({ ...bench.ref, cycle: 1, batch: 1 })

    browser = await chromium.launch({ executablePath: program!, args: ['--no-sandbox'] })
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    await signIn(page, bench.settings.board.url, inject('boardLogin'))
  })
  afterAll(async () => {
    await browser?.close()
    await bench?.close()
  })

  const open = async ({ uid }: BatchLine): Promise<void> => {
    await page.goto(`${bench.board.url(await bench.boardRef())}&task=${await bench.taskIdOf(uid)}`)
    await page.getByText('Teacher and student differ on box').last().waitFor()
    await page.locator('button', { hasText: 'Submit' }).last().waitFor()
  }
  const press = async (button: 'Submit' | 'Update'): Promise<void> => {
    const saved = page.waitForResponse(
      (response) => response.url().includes('/annotations') && response.request().method() !== 'GET',
    )
    await page.locator('button', { hasText: button }).last().click()
    expect((await saved).ok()).toBe(true)
  }

  it('shows image, draft, classes and reason, and what is submitted untouched comes back as the draft', async () => {
    await open(lines[0]!)
    await page.locator('canvas').first().waitFor()
    for (const text of ['RBC', 'WBC', 'Platelets', '0.70']) {
      await page.getByText(text, { exact: true }).filter({ visible: true }).first().waitFor()
    }
    await press('Submit')
    expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({ accepted: 1, refused: 0 })
    const [review] = await bench.reviews()
    expect(review?.boxes.map(({ class: name, origin }) => [name, origin])).toEqual([
      ['WBC', 'prediction'],
      ['RBC', 'prediction'],
    ])
    review?.boxes.forEach(({ xyxy }, index) =>
      xyxy.forEach((value, side) => expect(value).toBeCloseTo(draft[index]!.xyxy[side]!, 3)),
    )
  })

  it('lets a person submit an image that did not load: the answer is refused, kept, and asked for again', async () => {
    await open(lines[1]!)
    await page
      .getByText(/issue loading|could not|error/i)
      .first()
      .waitFor()
    await press('Submit')
    expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({ fresh: 1, refused: 1 })
    const refused = (await bench.reviews()).find(({ outcome }) => outcome === 'refused')
    expect(refused).toMatchObject({ uid: lines[1]!.uid, refusal: { code: 'image-not-loaded' } })

    await bench.addImage('lost', await readFile(photograph))
    await page.goto(`${bench.board.url(await bench.boardRef())}&task=${await bench.taskIdOf(lines[1]!.uid)}`)
    await page
      .getByText(/Please look again/)
      .last()
      .waitFor()
    const canvas = page.locator('canvas').first()
    await canvas.waitFor()
    const corner = await canvas.boundingBox()
    const [x, y] = [corner!.x + corner!.width * 0.2, corner!.y + corner!.height * 0.4]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + 12, y + 6, { steps: 4 })
    await page.mouse.up()
    await press('Update')
    expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({ fresh: 1, refused: 0 })
    const answers = (await bench.reviews()).filter(({ uid }) => uid === lines[1]!.uid)
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'refused'])
  })
})
