import { mkdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { ProcessIdentity } from '../stack/process/process-identity.ts'
import { stopGroup } from '../stack/process/stop-group.ts'
import { writeFileWhole } from '../stack/write-file-whole.ts'
import { withFileLock } from './file-lock.ts'
import { isExecutable } from './find-program.ts'
import { readMarker, writeMarker } from './install-marker.ts'
import { startProgress } from './progress.ts'
import { removeTree } from './remove-tree.ts'
import { throwIfInterrupted } from './run-logged.ts'

import type { CacheEntry } from './cache-paths.ts'
import type { InstallContext } from './tools.ts'

/** What an installing step is given: where to install and log, and whom to tell about started processes. */
export interface InstallSite {
  readonly folder: string
  /** For downloads, unpacking and build caches; removed with all that is in it before the install counts. */
  readonly scratch: string
  readonly logFile: string
  readonly onStart: (leader: ProcessIdentity) => void
}

const workerRecord = 'installing.json'

/** True when the entry was installed to its end and its program is still there and can run. */
export async function isInstalled(entry: CacheEntry, isProgramUsable = isExecutable): Promise<boolean> {
  return (await readMarker(entry.folder)) !== undefined && (await isProgramUsable(entry.program))
}

/**
 * Installs an entry of the cache unless it is there, and answers its program. Python environments hold their own path and
 * cannot be moved, so everything is installed at its final place and counts only once the marker is written, as the last
 * step. One process at a time: another waits. A folder without marker is what a killed install left: the processes that
 * it started are ended, the folder is removed, and the install starts anew. Failure and interruption remove it at once.
 */
export async function installOnce(
  entry: CacheEntry,
  context: InstallContext,
  install: (site: InstallSite) => Promise<void>,
  isProgramUsable = isExecutable,
): Promise<string> {
  if (await isInstalled(entry, isProgramUsable)) return entry.program
  const { signal, onProgress, cacheFolder } = context
  const path = join(cacheFolder, 'locks', `${entry.tool}-${basename(entry.folder)}.lock`)
  let waiting: { stop(): void } | undefined
  const onWait = ({ pid }: ProcessIdentity) => {
    waiting = startProgress(entry.tool, `waiting for process ${pid}, which is installing it`, onProgress)
  }
  try {
    return await withFileLock({ path, signal, onWait }, async () => {
      waiting?.stop()
      if (!(await isInstalled(entry, isProgramUsable))) await installAlone(entry, context, install)
      return entry.program
    })
  } catch (error) {
    throwIfInterrupted(signal)
    throw error
  } finally {
    waiting?.stop()
  }
}

async function installAlone(
  { tool, version, folder }: CacheEntry,
  { cacheFolder, onProgress }: InstallContext,
  install: (site: InstallSite) => Promise<void>,
): Promise<void> {
  await removeLeftovers(folder)
  const scratch = join(folder, 'scratch')
  await mkdir(scratch, { recursive: true })
  const startedAt = performance.now()
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const site: InstallSite = {
    folder,
    scratch,
    logFile: join(cacheFolder, 'logs', `${tool}-${stamp}-${process.pid}.log`),
    onStart: (leader) => writeFileWhole(join(folder, workerRecord), JSON.stringify(leader)),
  }
  try {
    await install(site)
    await removeTree(scratch)
    await rm(join(folder, workerRecord), { force: true })
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    writeMarker(folder, { tool, version, installedAt: new Date().toISOString(), seconds })
    onProgress({ tool, text: `${version} installed in ${seconds} s` })
  } catch (error) {
    await removeTree(folder)
    throw error
  }
}

/** Ends what a killed install left running, then removes what it left lying. */
async function removeLeftovers(folder: string): Promise<void> {
  const leader = await readWorker(folder)
  if (leader !== undefined) await stopGroup(leader, 2_000)
  await removeTree(folder)
}

async function readWorker(folder: string): Promise<ProcessIdentity | undefined> {
  try {
    return ProcessIdentity.parse(JSON.parse(await readFile(join(folder, workerRecord), 'utf8')))
  } catch {
    return undefined
  }
}
