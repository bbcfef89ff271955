import type { DraftPick } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { hash32 } from '../domain/seeded-random.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listBatches } from './store/batches.ts'
import { draftedImages } from './store/drafts.ts'
import { listImageIds } from './store/images.ts'
import { requireRecord } from './store/records.ts'
import { isImported, latestReviews, type KeptReview } from './store/reviews.ts'

/**
 * Reviewed images that tell how good drafts are: those that chance or the held-out splits put before people, and those
 * labelled elsewhere. What was queued for its errors says too much against the teacher that made them; `all` takes it in.
 */
export async function judgedImages(
  store: ObjectStore,
  project: string,
  { all }: { readonly all: boolean },
): Promise<Map<string, KeptReview>> {
  const reviews = await latestReviews(store, project)
  if (all) return reviews
  const unbiased = new Set<string>()
  for await (const { lines } of listBatches(store, project)) {
    for (const { image, kind } of lines) if (kind === 'audit' || kind === 'held-out') unbiased.add(image)
  }
  return new Map([...reviews].filter(([image, { review }]) => unbiased.has(image) || isImported(review)))
}

/** A choice by chance that is the same for the same seed, whatever is drafted already. Quarantined images are never in it. */
export async function pickedImages(
  store: ObjectStore,
  project: string,
  { among, count, seed, draftedUnder }: DraftPick,
): Promise<string[]> {
  const ids: string[] = []
  if (among === 'all') for await (const image of listImageIds(store, project)) ids.push(image)
  else ids.push(...(await judgedImages(store, project, { all: among === 'reviewed' })).keys())
  const drafted =
    draftedUnder === undefined ? null : await draftedImages(store, { project, promptVersion: draftedUnder })
  const order = ids
    .filter((image) => drafted === null || drafted.has(image))
    .map((image) => ({ image, rank: hash32(`${seed} ${image}`) }))
    .sort((a, b) => a.rank - b.rank || (a.image < b.image ? -1 : 1))
  const picked: string[] = []
  for (const { image } of order) {
    if (picked.length === count) break
    const { split } = await requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord)
    if (split !== 'quarantined') picked.push(image)
  }
  return picked
}
