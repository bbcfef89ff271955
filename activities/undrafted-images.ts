import { pMapIterable } from 'p-map'
import type { DraftPick } from '../domain/contracts/activities.ts'
import { storeKeys } from '../domain/contracts/store-keys.ts'
import { ImageRecord } from '../domain/schemas/records/image.ts'
import { pickedImages } from './picked-images.ts'
import type { ObjectStore } from './roles/object-store.ts'
import { listBatches } from './store/batches.ts'
import { draftedImages } from './store/drafts.ts'
import { listImageIds } from './store/images.ts'
import { readsAtOnce, requireRecord } from './store/records.ts'
import { answeredImages } from './store/reviews.ts'

export interface UndraftedImages {
  /** Images that are used, of all or of those picked. */
  readonly images: number
  /** Drafts under the prompt version. */
  readonly drafts: number
  /** Images that the teacher is to be asked about, in order of the id. */
  readonly missing: readonly string[]
  /** Training images without a draft that somebody has answered: a draft would be paid for and looked at by nobody. */
  readonly answered: number
}

interface Wanted {
  readonly project: string
  readonly promptVersion: string
  /** Answered training images as well. */
  readonly all: boolean
  /** Only these, whatever was answered. */
  readonly pick: DraftPick | undefined
}

/**
 * What has no draft under a prompt version. A training image that a person reviewed, or whose labels were imported, needs
 * none: it is learnt from its labels and queued no more. Held-out images and those of the audit always do, because the
 * teacher is measured on them. Quarantined images never.
 */
export async function findUndrafted(
  store: ObjectStore,
  { project, promptVersion, all, pick }: Wanted,
): Promise<UndraftedImages> {
  const drafted = await draftedImages(store, { project, promptVersion })
  if (pick !== undefined) {
    const picked = await pickedImages(store, project, pick)
    const missing = picked.filter((image) => !drafted.has(image))
    return { images: picked.length, drafts: drafted.size, missing, answered: 0 }
  }
  const answered = all ? new Set<string>() : await answeredImages(store, project)
  const measured = answered.size === 0 ? answered : await auditImages(store, project)
  const missing: string[] = []
  let left = 0
  for await (const { image, split } of recordsWithout(store, project, drafted)) {
    if (split === 'quarantined') continue
    if (split !== 'train' || !answered.has(image) || measured.has(image)) missing.push(image)
    else left += 1
  }
  const images = drafted.size + missing.length + left
  return { images, drafts: drafted.size, missing, answered: left }
}

async function auditImages(store: ObjectStore, project: string): Promise<Set<string>> {
  const images = new Set<string>()
  for await (const { lines } of listBatches(store, project)) {
    for (const { image, kind } of lines) if (kind === 'audit') images.add(image)
  }
  return images
}

/** Only records of images without a draft are read: a drafted image cannot be quarantined, because a split never changes. */
async function* recordsWithout(
  store: ObjectStore,
  project: string,
  drafted: ReadonlySet<string>,
): AsyncIterable<ImageRecord> {
  async function* undrafted(): AsyncIterable<string> {
    for await (const image of listImageIds(store, project)) if (!drafted.has(image)) yield image
  }
  yield* pMapIterable(
    undrafted(),
    async (image) => requireRecord(store, storeKeys(project).imageRecord(image), ImageRecord),
    { concurrency: readsAtOnce },
  )
}
