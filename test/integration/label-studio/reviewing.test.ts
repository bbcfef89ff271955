import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReviewBench, region, regionWithoutImage, type ReviewBench } from './review-bench.ts'

const draft = [
  {
    class: 'RBC',
    xyxy: [64, 96, 256, 288] as [number, number, number, number],
    score: null,
    source: 'teacher' as const,
  },
  {
    class: 'WBC',
    xyxy: [300, 100, 400, 200] as [number, number, number, number],
    score: 0.5,
    source: 'student' as const,
  },
]

describe('the review loop on a real Label Studio', () => {
  let bench: ReviewBench
  beforeAll(async () => {
    bench = await openReviewBench()
  })
  afterAll(async () => {
    await bench.close()
  })

  it('makes project, storage and review tab once, however often it is asked', async () => {
    const first = await bench.activities.prepareBoard(bench.ref)
    const ids = await bench.boardRef()
    expect(await bench.activities.prepareBoard(bench.ref)).toEqual(first)
    expect(await bench.boardRef()).toEqual(ids)
    const tabs = await bench.call<unknown[]>('GET', `/api/dm/views/?project=${ids.projectId}`)
    expect(tabs).toHaveLength(1)
    expect(first.boardUrl).toContain(`/projects/${ids.projectId}/data?tab=${ids.viewId}`)
  })

  it('finds its project again by title when the record of it was lost', async () => {
    const ids = await bench.boardRef()
    await bench.store.remove([bench.keys.board])
    await bench.activities.prepareBoard(bench.ref)
    expect(await bench.boardRef()).toEqual(ids)
  })

  it('posts a batch once, with drafts that carry their source and no image size', async () => {
    const images = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((seed) => bench.addImage(seed)))
    await bench.queue(1, images, draft)
    const input = { ...bench.ref, cycle: 1, batch: 1 }
    expect(await bench.activities.postBatch(input)).toEqual({ posted: 6, alreadyThere: 0 })
    expect(await bench.activities.postBatch(input)).toEqual({ posted: 0, alreadyThere: 6 })
    const { projectId } = await bench.boardRef()
    const { tasks } = await bench.call('GET', `/api/tasks?project=${projectId}&fields=all&resolve_uri=false`)
    expect(tasks).toHaveLength(6)
    const prediction = tasks[0]!.predictions[0]!
    expect(prediction.model_version).toBe('understudy')
    expect(prediction.result[0]!.meta.text).toEqual(['teacher'])
    expect(prediction.result[1]!.score).toBe(0.5)
    expect(prediction.result[0]).not.toHaveProperty('original_width')
    expect((await bench.call('GET', `/api/projects/${projectId}/`)).model_version).toBe('understudy')
  })

  it('adds only what is missing when an import was cut half-way', async () => {
    const images = await Promise.all(['g', 'h'].map((seed) => bench.addImage(seed)))
    const [first] = await bench.queue(2, images)
    const uri = bench.store.uri('x')
    const data = { image: uri, al_uid: first!.uid, reason: 'r', refused: '' }
    await bench.call('POST', `/api/projects/${(await bench.boardRef()).projectId}/import`, [{ data }])
    const posted = await bench.activities.postBatch({ ...bench.ref, cycle: 1, batch: 2 })
    expect(posted).toEqual({ posted: 1, alreadyThere: 1 })
  })

  it('counts everything as waiting before anybody has answered', async () => {
    const state = await bench.activities.collectReviews(bench.ref)
    expect(state).toMatchObject({ waiting: 8, accepted: 0, skipped: 0, refused: 0, withdrawn: 0, fresh: 0 })
  })

  it('streams the image of a task through Label Studio', async () => {
    const { projectId } = await bench.boardRef()
    const [task] = (await bench.board.tasks(await bench.boardRef())).filter(({ uid }) => uid !== null)
    const detail = await bench.call('GET', `/api/tasks/${task!.taskId}/?project=${projectId}`)
    const image = await fetch(new URL(detail.data['image']!, bench.settings.board.url), {
      headers: { authorization: `Token ${bench.settings.board.token}` },
      redirect: 'manual',
    })
    expect(image.status).toBe(200)
    expect(await image.text()).toBe('a')
  })

  it('keeps every kind of answer: accepted, empty, skipped, not loaded, deleted and foreign', async () => {
    const [a, b, c, d, e] = await bench.queueOf(1)
    await bench.submit(a!.uid, [region('RBC', 'prediction')])
    await bench.submit(b!.uid, [])
    await bench.submit(c!.uid, [region('WBC')], { was_cancelled: true })
    await bench.submit(d!.uid, [regionWithoutImage('RBC')])
    await bench.call('DELETE', `/api/tasks/${await bench.taskIdOf(e!.uid)}/`)
    const { projectId } = await bench.boardRef()
    const foreign = { image: 's3://elsewhere/x.jpg', reason: '', refused: '' }
    const { task_ids: ids } = await bench.call(
      'POST',
      `/api/projects/${projectId}/import?return_task_ids=true`,
      [{ data: foreign }],
    )
    await bench.call('POST', `/api/tasks/${ids[0]}/annotations`, { result: [region('RBC')], lead_time: 1 })

    const state = await bench.activities.collectReviews(bench.ref)
    expect(state).toMatchObject({ waiting: 4, accepted: 2, skipped: 1, refused: 2, withdrawn: 1, fresh: 4 })

    const byUid = new Map((await bench.reviews()).map((review) => [review.uid, review]))
    expect(byUid.get(a!.uid)).toMatchObject({
      outcome: 'accepted',
      image: a!.image,
      leadTimeSeconds: 4.2,
      boxes: [{ class: 'RBC', xyxy: [64, 96, 256, 288], origin: 'prediction', region: 'r1' }],
    })
    expect(byUid.get(b!.uid)).toMatchObject({ outcome: 'accepted', boxes: [] })
    expect(byUid.get(c!.uid)).toMatchObject({ outcome: 'skipped' })
    expect(byUid.get(d!.uid)).toMatchObject({ outcome: 'refused', refusal: { code: 'image-not-loaded' } })
    expect(byUid.get(d!.uid)?.result).toHaveLength(1)
    const kept: string[] = []
    for await (const key of bench.store.list(`${bench.name}/foreign-answers/`)) kept.push(key)
    expect(kept).toHaveLength(1)
  })

  it('tells the reviewer why an answer was refused, in the review tab', async () => {
    const [, , , d] = await bench.queueOf(1)
    const { projectId, viewId } = await bench.boardRef()
    const { tasks } = await bench.call(
      'GET',
      `/api/tasks?project=${projectId}&view=${viewId}&resolve_uri=false`,
    )
    const shown = tasks.find((task) => task.data['al_uid'] === d!.uid)
    expect(shown?.data['refused']).toMatch(/Please look again.*image had not loaded/)
    expect(shown?.data['image']).toMatch(/^s3:/)
  })

  it('writes nothing twice, and does not post a deleted task again', async () => {
    expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({
      fresh: 0,
      waiting: 4,
      withdrawn: 1,
    })
    await bench.activities.postBatch({ ...bench.ref, cycle: 1, batch: 1 })
    expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({ withdrawn: 1 })
  })

  it('takes the mended answer, keeps the refused one, and takes the note away', async () => {
    const [, , , d] = await bench.queueOf(1)
    const refused = (await bench.reviews()).find(({ uid }) => uid === d!.uid)
    await bench.update(refused!.annotationId, [region('RBC', 'prediction')])
    const state = await bench.activities.collectReviews(bench.ref)
    expect(state).toMatchObject({ accepted: 3, waiting: 3, refused: 1, fresh: 1 })
    const outcomes = (await bench.reviews()).filter(({ uid }) => uid === d!.uid).map(({ outcome }) => outcome)
    expect(outcomes.sort()).toEqual(['accepted', 'refused'])
    const task = (await bench.board.tasks(await bench.boardRef())).find(({ uid }) => uid === d!.uid)
    expect(task?.refusalNote).toBe('')
  })

  it('keeps an edit made later as a further record', async () => {
    const [a] = await bench.queueOf(1)
    const before = (await bench.reviews()).filter(({ uid }) => uid === a!.uid)
    await bench.update(before[0]!.annotationId, [
      region('RBC', 'prediction-changed'),
      region('WBC', 'manual', { id: 'r2' }),
    ])
    expect(await bench.activities.collectReviews(bench.ref)).toMatchObject({ fresh: 1, accepted: 3 })
    const after = (await bench.reviews()).filter(({ uid }) => uid === a!.uid)
    expect(after.map(({ boxes }) => boxes.length).sort((x, y) => x - y)).toEqual([1, 2])
  })

  it('keeps a class in the editor that answers name, and refuses answers on it once the config drops it', async () => {
    const fewer = await bench.configure(['RBC', 'Platelets'])
    await bench.activities.prepareBoard(fewer)
    const { projectId } = await bench.boardRef()
    const { label_config: config } = await bench.call('GET', `/api/projects/${projectId}/`)
    expect(config).toMatch(/<Label value="WBC" background="#9e9e9e"\/>/)
    const [, , , , , f] = await bench.queueOf(1)
    await bench.submit(f!.uid, [region('WBC')])
    const state = await bench.activities.collectReviews(fewer)
    expect(state).toMatchObject({ fresh: 1, refused: 2, accepted: 3 })
    const review = (await bench.reviews()).find(({ uid }) => uid === f!.uid)
    expect(review?.refusal).toMatchObject({ code: 'unknown-class' })
    expect(review?.refusal?.detail).toContain('"WBC"')
  })
})
