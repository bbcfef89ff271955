import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { cacheFolderIn } from '../../domain/cache-folder.ts'
import { goPrograms, pythonEnvironments } from './tools.ts'

import type { GoProgramName, PythonEnvironmentName } from './tools.ts'

/** One installed thing in the cache: `program` is the absolute path that must exist for it to count. */
export interface CacheEntry {
  readonly tool: string
  readonly version: string
  readonly folder: string
  readonly program: string
}

/** {@link cacheFolderIn} of this machine. */
export const cacheFolderOf = (
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string => cacheFolderIn(environment, platform, home)

const platformKey = `${process.platform}-${process.arch}`

/** Where a Go program of the pinned version lies. */
export function goProgramEntry(cacheFolder: string, name: GoProgramName): CacheEntry {
  const { version } = goPrograms[name]
  const folder = join(cacheFolder, name, `${version}-${platformKey}`)
  return { tool: name, version, folder, program: join(folder, name) }
}

/** Where a Python environment lies; the key holds the hash of its locks, so a changed lock makes a new environment. */
export async function pythonEnvironmentEntry(
  cacheFolder: string,
  name: PythonEnvironmentName,
): Promise<CacheEntry> {
  const { folder: parent, version, program, locks } = pythonEnvironments[name]
  const key = `${version}-${await hashOfLocks(locks)}-${platformKey}`
  const folder = join(cacheFolder, parent, key)
  return { tool: parent, version, folder, program: join(folder, program) }
}

/** Where the migrated database of this Label Studio lies. */
export async function seedEntry(cacheFolder: string): Promise<CacheEntry> {
  const { version, locks } = pythonEnvironments.labelStudio
  const folder = join(cacheFolder, 'label-studio-seed', `${version}-${await hashOfLocks(locks)}`)
  return { tool: 'label-studio-seed', version, folder, program: join(folder, 'label_studio.sqlite3') }
}

/** Path of a hash-locked requirements file that ships with the project. */
export function lockFile(name: string): string {
  return join(import.meta.dirname, 'locks', `${name}.txt`)
}

async function hashOfLocks(names: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const name of names) hash.update(await readFile(lockFile(name)))
  return hash.digest('hex').slice(0, 8)
}
