import { stat } from 'node:fs/promises'

/** True for an existing, non-empty file. */
export async function isReadableFile(path: string): Promise<boolean> {
  try {
    const status = await stat(path)
    return status.isFile() && status.size > 0
  } catch {
    return false
  }
}
