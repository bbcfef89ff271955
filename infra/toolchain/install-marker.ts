import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { z } from 'zod'

import { writeFileWhole } from '../stack/write-file-whole.ts'

const InstallMarker = z.object({
  tool: z.string(),
  version: z.string(),
  installedAt: z.iso.datetime(),
  seconds: z.number(),
})

export type InstallMarker = z.infer<typeof InstallMarker>

export const markerName = 'complete.json'

/** The marker of a finished install, undefined when the folder is absent or was left unfinished. */
export async function readMarker(folder: string): Promise<InstallMarker | undefined> {
  try {
    return InstallMarker.parse(JSON.parse(await readFile(join(folder, markerName), 'utf8')))
  } catch {
    return undefined
  }
}

/** Declares a folder finished. It is the last thing an install does; before it nothing in the folder counts. */
export function writeMarker(folder: string, marker: InstallMarker): void {
  writeFileWhole(join(folder, markerName), `${JSON.stringify(marker, undefined, 2)}\n`, 0o644)
}
