import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { DraftRecord } from '../../domain/schemas/records/draft.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import { readRecord } from './records.ts'

interface DraftRef {
  readonly project: string
  readonly promptVersion: string
  readonly image: string
}

/** The teacher's answer for an image, a blocked one included; null when there is none. */
export const readDraftOf = (
  store: ObjectStore,
  { project, promptVersion, image }: DraftRef,
): Promise<DraftRecord | null> =>
  readRecord(store, storeKeys(project).draft(promptVersion, image), DraftRecord)

/** The teacher's answer for an image, or null when there is none or it was blocked: never to be taken for "nothing there". */
export async function readUsableDraft(store: ObjectStore, ref: DraftRef): Promise<DraftRecord | null> {
  const draft = await readDraftOf(store, ref)
  return draft === null || draft.status === 'blocked' ? null : draft
}

/** Images with a draft, a blocked one included, under a prompt version; null: under any. */
export async function draftedImages(
  store: ObjectStore,
  { project, promptVersion }: { readonly project: string; readonly promptVersion: string | null },
): Promise<Set<string>> {
  const keys = storeKeys(project)
  const drafted = new Set<string>()
  for await (const key of store.list(promptVersion === null ? keys.allDrafts : keys.drafts(promptVersion))) {
    const image = /\/([0-9a-f]{64})\.json$/.exec(key)?.[1]
    if (image !== undefined) drafted.add(image)
  }
  return drafted
}

export const isSimulated = ({ teacher }: Pick<DraftRecord, 'teacher'>): boolean =>
  teacher.endpoint === 'simulated'
