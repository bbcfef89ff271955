import pMap from 'p-map'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import type { CheckedDraft } from '../domain/teacher-precision.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listBatches } from './store/batches.ts'
import { readUsableDraft } from './store/drafts.ts'
import { readsAtOnce, requireRecord } from './store/records.ts'
import { latestReviews } from './store/reviews.ts'

/**
 * The teacher's drafts under a prompt version beside what people accepted for the same images: only images that were
 * queued by chance or as held-out ones, because those chosen for their errors say too much against the teacher.
 */
export async function checkedDrafts(
  store: ObjectStore,
  { project, promptVersion }: { readonly project: string; readonly promptVersion: string },
): Promise<CheckedDraft[]> {
  const unbiased = new Set<string>()
  for await (const { lines } of listBatches(store, project)) {
    for (const { image, kind } of lines) if (kind === 'audit' || kind === 'held-out') unbiased.add(image)
  }
  const reviewed = [...(await latestReviews(store, project))].filter(([image]) => unbiased.has(image))
  const checked = await pMap(
    reviewed,
    async ([image, { review }]) => {
      const draft = await readUsableDraft(store, { project, promptVersion, image })
      if (draft === null) return []
      const size = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
      return [{ size, draft: draft.boxes, truth: review.boxes }]
    },
    { concurrency: readsAtOnce },
  )
  return checked.flat()
}
