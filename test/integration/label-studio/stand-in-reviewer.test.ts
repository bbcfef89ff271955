import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStandInReviewer } from '../../../activities/adapters/label-studio/stand-in-reviewer.ts'
import type { BatchLine } from '../../../domain/schemas/records/batch.ts'
import { openReviewBench, region, size, type ReviewBench } from './review-bench.ts'

const box = (label: string, ...xyxy: [number, number, number, number]) => ({
  class: label,
  xyxy,
  score: null,
})
const draft: BatchLine['draft'] = [
  { ...box('RBC', 50, 50, 150, 150), source: 'both' },
  { ...box('RBC', 200, 200, 300, 300), score: 0.4, source: 'student' },
  { ...box('Platelets', 400, 100, 430, 130), source: 'teacher' },
  { ...box('WBC', 500, 300, 600, 400), source: 'teacher' },
]
const truth = [
  box('RBC', 50, 50, 150, 150),
  box('RBC', 205, 190, 310, 300),
  box('RBC', 401, 101, 431, 131),
  box('WBC', 20, 400, 120, 470),
]

describe('the stand-in reviewer', () => {
  let bench: ReviewBench
  let images: string[] = []
  beforeAll(async () => {
    bench = await openReviewBench()
    await bench.activities.prepareBoard(bench.ref)
    images = await Promise.all(
      ['labelled', 'empty', 'without-labels', 'by-a-person'].map((seed) => bench.addImage(seed)),
    )
    await bench.queue(1, images, draft)
    await bench.activities.postBatch({ ...bench.ref, cycle: 1, batch: 1 })
  })
  afterAll(async () => {
    await bench.close()
  })

  const review = async () =>
    createStandInReviewer(bench.settings.board).review(await bench.boardRef(), {
      truth: ({ image }) => {
        if (image === images[0]) return { size, boxes: truth }
        return image === images[2] ? null : { size, boxes: [] }
      },
    })

  it('answers open tasks as the editor would, and leaves alone what is answered or unknown', async () => {
    const person = (await bench.queueOf(1))[3]!
    await bench.submit(person.uid, [region('WBC')])
    expect(await review()).toEqual({ submitted: 2, left: 1 })
    expect(await review()).toEqual({ submitted: 0, left: 1 })
    expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({
      accepted: 3,
      waiting: 1,
      refused: 0,
    })

    const byImage = new Map((await bench.reviews()).map((each) => [each.image, each]))
    const corrected = byImage.get(images[0]!)
    expect(corrected?.boxes.map((each) => each.origin)).toEqual([
      'prediction',
      'prediction-changed',
      'prediction-changed',
      'manual',
    ])
    corrected?.boxes.forEach((each, index) => {
      expect(each.class).toBe(truth[index]!.class)
      each.xyxy.forEach((value, side) => expect(value).toBeCloseTo(truth[index]!.xyxy[side]!, 6))
    })
    expect(corrected).toMatchObject({ standIn: true })
    expect(byImage.get(images[1]!)).toMatchObject({ outcome: 'accepted', boxes: [], standIn: true })
    expect(byImage.get(images[3]!)).toMatchObject({ standIn: false })
  })

  it('keeps the draft it started from, its regions, scores and sources in the answer', async () => {
    const [line] = await bench.queueOf(1)
    const annotations = await bench.call<{ parent_prediction: unknown; result: unknown[] }[]>(
      'GET',
      `/api/tasks/${await bench.taskIdOf(line!.uid)}/annotations/`,
    )
    expect(annotations).toHaveLength(1)
    expect(annotations[0]!.parent_prediction).toEqual(expect.any(Number))
    expect(annotations[0]!.result[1]).toMatchObject({
      score: 0.4,
      meta: { text: ['student'] },
      original_width: size.width,
    })
  })

  it('says that it is the stand-in where people look: in the task', async () => {
    const [line] = await bench.queueOf(1)
    const task = await bench.call('GET', `/api/tasks/${await bench.taskIdOf(line!.uid)}/`)
    expect(task.data['reviewed_by']).toBe('stand-in reviewer')
  })
})
