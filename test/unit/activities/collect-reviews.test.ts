import { beforeEach, describe, expect, it } from 'vitest'
import { createReviewingActivities } from '../../../activities/reviewing.ts'
import type { ObjectStore } from '../../../activities/roles/object-store.ts'
import type { BoardAnswer, BoardTask, ReviewBoard } from '../../../activities/roles/review-board.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { readRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { listReviews } from '../../../activities/store/reviews.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { BatchLine, BoardRecord } from '../../../domain/schemas/records/batch.ts'
import { ImageRecord } from '../../../domain/schemas/records/image.ts'
import { createMemoryObjectStore } from '../../fixtures/fakes/memory-object-store.ts'

const project = 'birds'
const keys = storeKeys(project)
const image = 'a'.repeat(64)
const uid = 'b'.repeat(20)
const ids = { projectId: 1, storageId: 2, viewId: 3 }

/** A stateful fake of our role: tasks, and answers that can be changed and withdrawn. */
function memoryBoard() {
  const tasks = new Map<number, BoardTask>()
  const answers = new Map<number, BoardAnswer>()
  const open = { answered: false, skipped: false, refusalNote: '' }
  const board: ReviewBoard = {
    prepare: async () => ids,
    async addTasks(_board, added) {
      for (const task of added) tasks.set(tasks.size + 1, { taskId: tasks.size + 1, uid: task.uid, ...open })
      return added.length
    },
    answersSince: async () => ({ answers: [...answers.values()], cursor: '2026-11-21T02:00:00.000Z' }),
    tasks: async () =>
      [...tasks.values()].map((task) => {
        const own = [...answers.values()].filter(({ taskId }) => taskId === task.taskId)
        return {
          ...task,
          answered: own.length > 0,
          skipped: own.length > 0 && own.every(({ skipped }) => skipped),
        }
      }),
    async noteRefusal(_board, task, note) {
      tasks.set(task.taskId, { ...task, refusalNote: note })
      return true
    },
    url: () => 'http://board/1',
    check: async () => 'memory',
  }
  const answer = (change: Partial<BoardAnswer>): void => {
    const annotationId = change.annotationId ?? 1
    answers.set(annotationId, {
      taskId: 1,
      uid,
      annotationId,
      result: [],
      skipped: false,
      createdAt: '2026-11-21T01:00:00.000000Z',
      updatedAt: '2026-11-21T01:00:00.000000Z',
      leadTimeSeconds: 3,
      completedBy: 1,
      standIn: false,
      ...change,
    })
  }
  return { board, tasks, answers, answer }
}

const notLoaded = {
  id: 'r1',
  type: 'rectanglelabels',
  origin: 'prediction',
  value: { x: 1, y: 1, width: 9, height: 9, rotation: 0, rectanglelabels: ['heron'] },
}
const loaded = { ...notLoaded, original_width: 100, original_height: 100, image_rotation: 0 }
const at = (minute: number) => `2026-11-21T01:${String(minute).padStart(2, '0')}:00.000000Z`

const configure = async (store: ObjectStore, classes: readonly string[]) => {
  const config = ProjectConfig.parse({ project, classes: classes.map((name) => ({ name })) })
  return { project, configHash: await saveConfig(store, config) }
}

describe('collecting reviews', () => {
  let store: ObjectStore
  let world: ReturnType<typeof memoryBoard>
  let ref: { project: string; configHash: string }
  const activities = () => createReviewingActivities({ store, board: world.board })
  const reviews = async () => {
    const found = []
    for await (const { review } of listReviews(store, project)) found.push(review)
    return found
  }

  beforeEach(async () => {
    store = createMemoryObjectStore()
    world = memoryBoard()
    ref = await configure(store, ['heron', 'egret'])
    const record: ImageRecord = {
      v: 1,
      image,
      storedSha256: image,
      extension: 'png',
      mimeType: 'image/png',
      width: 100,
      height: 100,
      sources: ['x.png'],
      group: 'g',
      split: 'train',
      dhash: '0'.repeat(16),
      ingestedAt: '2026-11-21T00:00:00Z',
    }
    await writeRecord(store, keys.imageRecord(image), ImageRecord, record)
    const line: BatchLine = {
      v: 1,
      batch: 1,
      cycle: 1,
      image,
      uid,
      purpose: 'first',
      kind: 'audit',
      split: 'train',
      reason: 'Drawn at random.',
      probability: 0.1,
      priority: 1,
      draft: [],
    }
    await writeLines(store, keys.batch(1), BatchLine, [line])
  })
  const post = async () => {
    await activities().prepareBoard(ref)
    await activities().postBatch({ ...ref, cycle: 1, batch: 1 })
  }

  it('finds nothing, and does not fail, before there is a board', async () => {
    expect(await activities().collectReviews(ref)).toMatchObject({ waiting: 0, fresh: 0 })
  })

  it('does not count a batch as withdrawn that is planned but not posted yet', async () => {
    await activities().prepareBoard(ref)
    expect(await activities().collectReviews(ref)).toMatchObject({ waiting: 0, withdrawn: 0 })
  })

  it('reads the same answers again without writing them again', async () => {
    await post()
    world.answer({ result: [loaded] })
    expect(await activities().collectReviews(ref)).toMatchObject({ fresh: 1, accepted: 1, waiting: 0 })
    expect(await activities().collectReviews(ref)).toMatchObject({ fresh: 0, accepted: 1, waiting: 0 })
    expect(await reviews()).toHaveLength(1)
  })

  it('keeps what was refused when the config would take it by now: the answer must be given again', async () => {
    await post()
    world.answer({ result: [{ ...loaded, value: { ...loaded.value, rectanglelabels: ['stork'] } }] })
    expect(await activities().collectReviews(ref)).toMatchObject({ refused: 1, waiting: 1 })
    const wider = await configure(store, ['heron', 'egret', 'stork'])
    expect(await activities().collectReviews(wider)).toMatchObject({ refused: 1, waiting: 1, fresh: 0 })
    expect(world.tasks.get(1)?.refusalNote).toContain('"stork"')
  })

  it('lets the newest of several answers decide, whatever order they come in', async () => {
    await post()
    world.answer({ annotationId: 2, updatedAt: at(9), result: [loaded] })
    world.answer({ annotationId: 1, updatedAt: at(1), result: [notLoaded] })
    expect(await activities().collectReviews(ref)).toMatchObject({ fresh: 2, refused: 0, accepted: 1 })
  })

  it('forgets a refusal, and takes its note away, when the answer was deleted: the task just waits', async () => {
    await post()
    world.answer({ result: [notLoaded] })
    await activities().collectReviews(ref)
    expect(world.tasks.get(1)?.refusalNote).toContain('look again')
    world.answers.clear()
    expect(await activities().collectReviews(ref)).toMatchObject({ refused: 0, waiting: 1 })
    expect(world.tasks.get(1)?.refusalNote).toBe('')
    expect(await reviews()).toHaveLength(1)
  })

  it('remembers which tasks were deleted, until they are there again', async () => {
    await post()
    const task = world.tasks.get(1)
    world.tasks.clear()
    const withdrawn = async () => (await readRecord(store, keys.board, BoardRecord))?.withdrawn
    expect(await activities().collectReviews(ref)).toMatchObject({ withdrawn: 1, waiting: 0 })
    expect(await withdrawn()).toEqual([uid])
    if (task) world.tasks.set(1, task)
    expect(await activities().collectReviews(ref)).toMatchObject({ withdrawn: 0, waiting: 1 })
    expect(await withdrawn()).toEqual([])
  })

  it('keeps an accepted review when its task is deleted later', async () => {
    await post()
    world.answer({ result: [loaded] })
    await activities().collectReviews(ref)
    world.answers.clear()
    world.tasks.clear()
    expect(await activities().collectReviews(ref)).toMatchObject({ withdrawn: 1, accepted: 0, waiting: 0 })
    expect(await reviews()).toMatchObject([{ outcome: 'accepted' }])
  })

  it('takes "nothing there" only for an image that is there to be seen', async () => {
    await post()
    world.answer({ result: [] })
    expect(await activities().collectReviews(ref)).toMatchObject({ refused: 1, waiting: 1 })
    await store.put(keys.imageBytes(image, 'png'), 'picture', 'image/png')
    world.answer({ result: [], updatedAt: at(5) })
    expect(await activities().collectReviews(ref)).toMatchObject({ refused: 0, accepted: 1 })
  })

  it('tells a new task from an old one by uid when the server gives its id again', async () => {
    await post()
    world.tasks.set(1, { taskId: 1, uid: 'f'.repeat(20), answered: false, skipped: false, refusalNote: '' })
    world.answer({ uid: 'f'.repeat(20), result: [loaded] })
    expect(await activities().collectReviews(ref)).toMatchObject({ withdrawn: 1, accepted: 0, refused: 1 })
    expect(await reviews()).toEqual([])
  })

  it('does not undo a batch that was posted while it collected', async () => {
    await post()
    const { board } = world
    const interrupted: ReviewBoard = {
      ...board,
      answersSince: async (...input) => {
        const record = await readRecord(store, keys.board, BoardRecord)
        await writeRecord(store, keys.board, BoardRecord, { ...record!, posted: [1, 2] })
        return board.answersSince(...input)
      },
    }
    await createReviewingActivities({ store, board: interrupted }).collectReviews(ref)
    const after = await readRecord(store, keys.board, BoardRecord)
    expect(after).toMatchObject({ posted: [1, 2], cursor: '2026-11-21T02:00:00.000Z' })
  })
})
