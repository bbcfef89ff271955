import { createHash, randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { createReviewBoard } from '../../../activities/adapters/label-studio/review-board.ts'
import { createObjectStore, ensureBucket } from '../../../activities/adapters/minio/object-store.ts'
import { sha256Hex } from '../../../activities/content-hash.ts'
import { createReviewingActivities } from '../../../activities/reviewing.ts'
import { saveConfig } from '../../../activities/store/load-config.ts'
import { readLines, readRecord, writeLines, writeRecord } from '../../../activities/store/records.ts'
import { isImported, listReviews } from '../../../activities/store/reviews.ts'
import type { ProjectRef } from '../../../domain/contracts/activities.ts'
import { storeKeys } from '../../../domain/contracts/store-keys.ts'
import { ProjectConfig } from '../../../domain/schemas/project-config.ts'
import { BatchLine, BoardRecord } from '../../../domain/schemas/records/batch.ts'
import { ImageRecord } from '../../../domain/schemas/records/image.ts'
import type { ReviewRecord } from '../../../domain/schemas/records/review.ts'

export const size = { width: 640, height: 480 }

/** What the tests look at in Label Studio's replies. */
export interface Reply {
  id: number
  token: string
  label_config: string
  model_version: string
  task_ids: number[]
  data: Record<string, string>
  tasks: { data: Record<string, string>; predictions: { model_version: string; result: ReplyRegion[] }[] }[]
}
export interface ReplyRegion {
  score?: number
  meta: { text: string[] }
}

/** A project of its own, in a bucket of its own, on the shared Label Studio; and a hand for what people and editors do there. */
export async function openReviewBench(
  classes: readonly string[] = ['RBC', 'WBC', 'Platelets'],
  task: 'detect' | 'segment' = 'detect',
) {
  const settings = inject('settings')
  const name = `review-${randomBytes(5).toString('hex')}`
  const storeSettings = { ...settings.store, bucket: name }
  await ensureBucket(storeSettings)
  const store = createObjectStore(storeSettings)
  const board = createReviewBoard({ ...settings.board, store: storeSettings })
  const activities = createReviewingActivities({ store, board })
  const keys = storeKeys(name)

  const configure = async (names: readonly string[]): Promise<ProjectRef> => {
    const config = ProjectConfig.parse({
      project: name,
      task,
      classes: names.map((each) => ({ name: each })),
    })
    return { project: name, configHash: await saveConfig(store, config) }
  }
  const ref = await configure(classes)

  const addImage = async (
    seed: string,
    bytes: Uint8Array = new TextEncoder().encode(seed),
  ): Promise<string> => {
    const image = sha256Hex(`${name} ${seed}`)
    const record: ImageRecord = {
      v: 1,
      image,
      storedSha256: sha256Hex(bytes),
      extension: 'jpg',
      mimeType: 'image/jpeg',
      ...size,
      sources: [`${seed}.jpg`],
      group: seed,
      split: 'train',
      dhash: '0'.repeat(16),
      ingestedAt: '2026-11-21T00:00:00.000Z',
    }
    await store.put(keys.imageBytes(image, 'jpg'), bytes, 'image/jpeg')
    await writeRecord(store, keys.imageRecord(image), ImageRecord, record)
    return image
  }

  /** Queues images as batch `number`; boxes are what the draft shows. */
  const queue = async (
    number: number,
    images: readonly string[],
    draft: BatchLine['draft'] = [],
  ): Promise<BatchLine[]> => {
    const lines = images.map((image, index): BatchLine => ({
      v: 1,
      batch: number,
      cycle: 1,
      image,
      uid: createHash('sha256').update(`${image} ${number}`).digest('hex').slice(0, 20),
      purpose: 'routed',
      kind: 'ranked',
      split: 'train',
      reason: `Teacher and student differ on box ${index}.`,
      probability: null,
      priority: images.length - index,
      draft,
    }))
    await writeLines(store, keys.batch(number), BatchLine, lines)
    return lines
  }

  const boardRef = async () => {
    const record = await readRecord(store, keys.board, BoardRecord)
    if (record === null) throw new Error('no board yet')
    return record.board
  }

  const call = async <T = Reply>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${settings.board.url}${path}`, {
      method,
      headers: { authorization: `Token ${settings.board.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    const reply: T = text === '' ? null : JSON.parse(text)
    return reply
  }

  const taskIdOf = async (uid: string): Promise<number> => {
    const task = (await board.tasks(await boardRef())).find((each) => each.uid === uid)
    if (task === undefined) throw new Error(`no task ${uid}`)
    return task.taskId
  }

  return {
    name,
    ref,
    store,
    storeSettings,
    keys,
    board,
    activities,
    settings,
    configure,
    addImage,
    queue,
    queueOf: (number: number) => readLines(store, keys.batch(number), BatchLine),
    boardRef,
    call,
    taskIdOf,
    /** What the editor posts on Submit. */
    submit: async (
      uid: string,
      result: readonly unknown[],
      extra: Record<string, unknown> = {},
    ): Promise<number> => {
      const taskId = await taskIdOf(uid)
      const body = { result, lead_time: 4.2, was_cancelled: false, ...extra }
      return (await call('POST', `/api/tasks/${taskId}/annotations`, body)).id
    },
    /** What the editor posts on Update. */
    update: (annotationId: number, result: readonly unknown[]) =>
      call('PATCH', `/api/annotations/${annotationId}/`, { result, lead_time: 9 }),
    reviews: async (): Promise<ReviewRecord[]> => {
      const found: ReviewRecord[] = []
      for await (const { review } of listReviews(store, name)) {
        if (!isImported(review)) found.push(review)
      }
      return found
    },
    close: async () => {
      await call('DELETE', `/api/projects/${(await boardRef()).projectId}/`)
    },
  }
}

export type ReviewBench = Awaited<ReturnType<typeof openReviewBench>>

/** A region as the editor submits it once the image has loaded. */
export const region = (label: string, origin = 'manual', more: Record<string, unknown> = {}) => ({
  id: 'r1',
  from_name: 'box',
  to_name: 'image',
  type: 'rectanglelabels',
  origin,
  original_width: size.width,
  original_height: size.height,
  image_rotation: 0,
  value: { x: 10, y: 20, width: 30, height: 40, rotation: 0, rectanglelabels: [label] },
  ...more,
})

/** The same, saved although the image had not loaded: measured on 1.23.2. */
export const regionWithoutImage = (label: string) => {
  const shown = new Set(['original_width', 'original_height', 'image_rotation'])
  return Object.fromEntries(Object.entries(region(label, 'prediction')).filter(([key]) => !shown.has(key)))
}
