import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import type { DatasetLine } from '../domain/schemas/records/dataset.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { readLine, type ReviewedImages } from './dataset-lines.ts'
import { newestPromptVersion } from './reporting/project-counts.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { draftedImages, readUsableDraft } from './store/drafts.ts'
import { readsAtOnce, requireRecord } from './store/records.ts'
import { answeredImages } from './store/reviews.ts'

/**
 * What people reviewed, and beside it the teacher's drafts of training images that nobody has answered, marked
 * `unreviewed`. Whole answers under the newest prompt version only, and none without a box: "nothing there" is not taken
 * from the teacher. Held-out images never.
 */
export async function withDrafts(
  store: ObjectStore,
  project: string,
  classes: readonly string[],
  reviewed: ReviewedImages,
): Promise<ReviewedImages> {
  const promptVersion = await newestPromptVersion(store, project)
  if (promptVersion === null) return reviewed
  const answered = await answeredImages(store, project)
  const drafted = await draftedImages(store, { project, promptVersion })
  const known = new Set(classes)
  const found = await pMap(
    [...drafted].filter((image) => !answered.has(image)),
    async (image): Promise<DatasetLine | null> => {
      const record = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
      if (record.split !== 'train') return null
      const draft = await readUsableDraft(store, { project, promptVersion, image })
      if (draft === null || draft.status !== 'ok') return null
      const result = readLine(record, draft.boxes, known)
      return 'line' in result && result.line.boxes.length > 0 ? { ...result.line, unreviewed: true } : null
    },
    { concurrency: readsAtOnce },
  )
  const drafts = found.filter((line) => line !== null)
  const origins = new Map(reviewed.origins)
  for (const { image } of drafts) origins.set(image, storeKeys(project).draft(promptVersion, image))
  const lines = [...reviewed.lines, ...drafts].sort((a, b) => (a.image < b.image ? -1 : 1))
  return { ...reviewed, lines, origins }
}
