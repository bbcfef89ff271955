import { storeKeys } from '../../domain/contracts/store-keys.ts'
import { UploadRecord } from '../../domain/schemas/records/upload.ts'
import { hashOf } from '../content-hash.ts'
import { AdapterError } from '../errors/adapter-error.ts'
import type { ObjectStore } from '../roles/object-store.ts'
import type { TeacherFiles } from '../roles/teacher-files.ts'
import { requireRecord } from '../store/records.ts'

export interface UploadDependencies {
  readonly store: ObjectStore
  readonly files: TeacherFiles
  readonly now: () => Date
}

/** A record for a file that is about to be uploaded. Its name is new with every call: a name once used may stay taken. */
export const newUpload = (
  { files, now }: Pick<UploadDependencies, 'files' | 'now'>,
  ...named: readonly string[]
): UploadRecord => ({
  v: 1,
  name: `understudy-${hashOf({ named }).slice(0, 24)}`,
  endpoint: files.endpoint,
  at: now().toISOString(),
})

/** Deletes a file and then its record. False when the vendor could not be asked: the record stays for the sweep. */
export async function discardUpload(
  { store, files }: Pick<UploadDependencies, 'store' | 'files'>,
  key: string,
  { name }: UploadRecord,
): Promise<boolean> {
  try {
    await files.remove(name)
  } catch (error) {
    if (error instanceof AdapterError) return false
    throw error
  }
  await store.remove([key])
  return true
}

/** Files are gone by themselves after two days. */
const expiredMs = 49 * 3_600_000

/**
 * Deletes what calls have left on the vendor's disk: recorded, and older than `olderThanMs`. What another endpoint has is
 * left to it until it must have expired. Resolves to how many records are left.
 */
export async function sweepUploads(
  { store, files, now }: Pick<UploadDependencies, 'store' | 'now'> & { readonly files: TeacherFiles | null },
  project: string,
  olderThanMs: number,
): Promise<number> {
  let left = 0
  for await (const key of store.list(storeKeys(project).uploads)) {
    const upload = await requireRecord(store, key, UploadRecord)
    const age = now().getTime() - Date.parse(upload.at)
    const isOurs = files !== null && upload.endpoint === files.endpoint
    if (age >= expiredMs) await store.remove([key])
    else if (!isOurs || age < olderThanMs || !(await discardUpload({ store, files }, key, upload))) left += 1
  }
  return left
}
