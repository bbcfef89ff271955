import { StackError } from '../stack-error.ts'
import { cacheFolderOf, pythonEnvironmentEntry } from './cache-paths.ts'
import { findProgram } from './find-program.ts'
import { isInstalled } from './install-once.ts'
import { ensurePythonEnvironment } from './python-environments.ts'
import { selectPython } from './python-selection.ts'

import type { EnsureOptions } from './ensure-toolchain.ts'

/** Reads `ffmpeg -version`; distributions name their builds freely, so any ffmpeg counts. */
const acceptedFfmpeg = (output: string): string | undefined => /^ffmpeg version (\S+)/m.exec(output)?.[1]

/** Absolute path of an ffmpeg that works, the first on PATH or else the one in the cache; null: one would be installed. */
export async function findFfmpeg(
  environment: NodeJS.ProcessEnv,
  cacheFolder = cacheFolderOf(environment),
): Promise<string | null> {
  const found = await findProgram('ffmpeg', ['-version'], acceptedFfmpeg, environment)
  if (found !== undefined) return found.program
  const entry = await pythonEnvironmentEntry(cacheFolder, 'ffmpeg')
  return (await isInstalled(entry)) ? entry.program : null
}

/**
 * What {@link findFfmpeg} finds, else the ffmpeg of a Python package, installed now. Only videos need it, so it is no part
 * of what `up` installs.
 * @throws StackError ToolchainFailed with both ways to get one, Interrupted
 */
export async function ensureFfmpeg({
  environment = process.env,
  cacheFolder = cacheFolderOf(environment),
  onProgress,
  signal,
}: EnsureOptions): Promise<string> {
  const found = await findFfmpeg(environment, cacheFolder)
  if (found !== null) return found
  const context = { cacheFolder, environment, onProgress, signal }
  try {
    return await ensurePythonEnvironment('ffmpeg', () => selectPython(environment), context)
  } catch (error) {
    if (!(error instanceof StackError) || error.code !== 'ToolchainFailed') throw error
    throw new StackError({
      code: 'ToolchainFailed',
      what: 'Videos need ffmpeg: none on PATH works, and it could not be installed.',
      why: error.why,
      fix: 'Install it (`apt install ffmpeg`, `brew install ffmpeg`) or see that Python 3.11 to 3.13 and its package index can be reached, and repeat; pictures need none.',
      cause: error,
    })
  }
}
