import { chmod, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { hasErrorCode } from './has-error-code.ts'
import { markerName } from './install-marker.ts'

/** Removes an installed or half-installed folder, its marker first: killed in the middle, it no longer counts. */
export async function removeTree(folder: string): Promise<void> {
  await rm(join(folder, markerName), { force: true })
  try {
    await removeAll(folder)
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES') && !hasErrorCode(error, 'EPERM')) throw error
    // Go writes a toolchain that it fetched into read-only folders.
    await makeFoldersWritable(folder)
    await removeAll(folder)
  }
}

async function removeAll(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}

async function makeFoldersWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeFoldersWritable(join(folder, entry.name))
  }
}
