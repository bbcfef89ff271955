import { cacheFolderOf, goProgramEntry, pythonEnvironmentEntry, seedEntry } from './cache-paths.ts'
import { findProgram, isExecutable } from './find-program.ts'
import { isInstalled } from './install-once.ts'
import { isReadableFile } from './is-readable-file.ts'
import { pythonEnvironments, toolNames } from './tools.ts'
import { acceptedMinio, acceptedTemporal } from './versions.ts'

import type { CacheEntry } from './cache-paths.ts'
import type { GoProgramName, ToolName } from './tools.ts'

export type ToolFinding =
  | {
      readonly tool: ToolName
      readonly state: 'found'
      /** `setting`: named by UNDERSTUDY_TRAINER. */
      readonly where: 'path' | 'cache' | 'setting'
      readonly program: string
      readonly version: string
    }
  | {
      readonly tool: ToolName
      readonly state: 'missing'
      /** Version that would be installed. */
      readonly version: string
      /** Why it counts as missing. */
      readonly reason: string
    }

export interface FindOptions {
  readonly cacheFolder?: string | undefined
  readonly environment?: NodeJS.ProcessEnv
  readonly only?: readonly ToolName[]
}

/** Looks where each tool is, in the order of `toolNames`, and changes nothing. */
export async function findToolchain({
  environment = process.env,
  cacheFolder = cacheFolderOf(environment),
  only = toolNames,
}: FindOptions = {}): Promise<ToolFinding[]> {
  const wanted = toolNames.filter((name) => only.includes(name))
  return Promise.all(wanted.map((tool) => findTool(tool, cacheFolder, environment)))
}

async function findTool(
  tool: ToolName,
  cacheFolder: string,
  environment: NodeJS.ProcessEnv,
): Promise<ToolFinding> {
  switch (tool) {
    case 'temporal':
    case 'minio':
      return findGoProgram(tool, cacheFolder, environment)
    case 'labelStudio':
      return inCache(tool, await pythonEnvironmentEntry(cacheFolder, tool))
    case 'labelStudioSeed':
      return inCache(tool, await seedEntry(cacheFolder), isReadableFile)
    case 'trainer':
      return findTrainer(cacheFolder, environment)
  }
}

async function findGoProgram(
  tool: GoProgramName,
  cacheFolder: string,
  environment: NodeJS.ProcessEnv,
): Promise<ToolFinding> {
  const accept = tool === 'temporal' ? acceptedTemporal : acceptedMinio
  const found = await findProgram(tool, ['--version'], accept, environment)
  if (found !== undefined) {
    return { tool, state: 'found', where: 'path', program: found.program, version: found.answer }
  }
  return inCache(tool, goProgramEntry(cacheFolder, tool))
}

async function findTrainer(cacheFolder: string, environment: NodeJS.ProcessEnv): Promise<ToolFinding> {
  const named = environment['UNDERSTUDY_TRAINER']
  if (named === undefined || named === '') {
    return inCache('trainer', await pythonEnvironmentEntry(cacheFolder, 'trainer'))
  }
  const { version } = pythonEnvironments.trainer
  if (await isExecutable(named)) {
    return { tool: 'trainer', state: 'found', where: 'setting', program: named, version: 'as set' }
  }
  const reason = `UNDERSTUDY_TRAINER names ${named}, which is no program that can be run`
  return { tool: 'trainer', state: 'missing', version, reason }
}

async function inCache(tool: ToolName, entry: CacheEntry, isUsable = isExecutable): Promise<ToolFinding> {
  const { version, program, folder } = entry
  if (await isInstalled(entry, isUsable)) return { tool, state: 'found', where: 'cache', program, version }
  return { tool, state: 'missing', version, reason: `not installed in ${folder}` }
}
