import { unchangedOfTeacher } from '../domain/metrics/edit-figures.ts'
import { reviewedDrafts } from './reviewed-drafts.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { readLedger } from './store/ledger.ts'

/** Money for a number of things; the simulated teacher's made-up money apart. USD. */
export interface UnitCost {
  readonly count: number
  readonly usd: number
  readonly simulatedUsd: number
}

export interface DraftValue {
  /** Images that were paid for, and what their drafts cost under all prompt versions. */
  readonly images: UnitCost
  /** Boxes that people accepted as the teacher had drafted them, and what the drafts of the reviewed images cost. */
  readonly acceptedBoxes: UnitCost
  /** Images that people reviewed with a draft before them: what `acceptedBoxes` rests on. */
  readonly reviewedImages: number
}

/** What the teacher's money bought: drafted images, and boxes that needed no correction. */
export async function draftValue(store: ObjectStore, project: string): Promise<DraftValue> {
  const { reviewed, images } = await reviewedDrafts(store, project)
  const paid = new Set<string>()
  const all = { usd: 0, simulatedUsd: 0 }
  const ofReviewed = { usd: 0, simulatedUsd: 0 }
  for await (const { kind, image, usd, endpoint } of readLedger(store, project, null)) {
    if (kind !== 'draft' || image === null) continue
    paid.add(image)
    const purse = endpoint === 'simulated' ? 'simulatedUsd' : 'usd'
    all[purse] += usd
    if (images.has(image)) ofReviewed[purse] += usd
  }
  return {
    images: { count: paid.size, ...all },
    acceptedBoxes: { count: unchangedOfTeacher(reviewed), ...ofReviewed },
    reviewedImages: images.size,
  }
}
