import { cpus, release, type } from 'node:os'

/** System and processor of this host. */
export const platformOfHost = (): { system: string; processor: string } => ({
  system: `${type()} ${release()} ${process.arch}`,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
})
