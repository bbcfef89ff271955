import { join } from 'node:path'

import { goProgramEntry } from './cache-paths.ts'
import { findProgram } from './find-program.ts'
import { installFailure } from './install-failure.ts'
import { installOnce } from './install-once.ts'
import { startProgress } from './progress.ts'
import { ensurePythonEnvironment } from './python-environments.ts'
import { runLogged } from './run-logged.ts'
import { toolEnvironment } from './tool-environment.ts'
import { goPrograms } from './tools.ts'
import { acceptedGo } from './versions.ts'

import type { InstallSite } from './install-once.ts'
import type { PythonProbe } from './python-selection.ts'
import type { GoProgramName, InstallContext } from './tools.ts'

/**
 * Temporal or MinIO of the pinned version from the cache, else built by Go from the module's source. Answers the
 * absolute path of the program. Throws ToolchainFailed with the tail of the log.
 */
export async function ensureGoProgram(
  name: GoProgramName,
  python: () => Promise<PythonProbe>,
  context: InstallContext,
): Promise<string> {
  const entry = goProgramEntry(context.cacheFolder, name)
  return installOnce(entry, context, async (site) => {
    const go = await ensureGo(python, context)
    const progress = startProgress(name, 'building it from source with Go', context.onProgress)
    try {
      await build(name, go, site, context, progress.detail)
    } finally {
      progress.stop()
    }
  })
}

interface Go {
  readonly program: string
  readonly fetchesNewer: boolean
}

/** Go from PATH when it is recent enough, else its environment in the cache, made when absent. */
async function ensureGo(python: () => Promise<PythonProbe>, context: InstallContext): Promise<Go> {
  const found = await findGo(context.environment)
  if (found !== undefined) return found
  return { program: await ensurePythonEnvironment('go', python, context), fetchesNewer: false }
}

/** A Go on PATH that can build the pinned modules. */
export async function findGo(environment: NodeJS.ProcessEnv): Promise<Go | undefined> {
  const found = await findProgram('go', ['version'], acceptedGo, environment)
  return found && { program: found.program, fetchesNewer: found.answer.fetchesNewer }
}

async function build(
  name: GoProgramName,
  go: Go,
  { folder, scratch, logFile, onStart }: InstallSite,
  { environment, signal }: InstallContext,
  onLine: (line: string) => void,
): Promise<void> {
  const { module, linkerFlags } = goPrograms[name]
  const outcome = await runLogged({
    program: go.program,
    parameters: ['install', '-trimpath', `-ldflags=${linkerFlags}`, module],
    environment: toolEnvironment(environment, {
      CGO_ENABLED: '0',
      GOBIN: folder,
      // Gigabytes that nobody needs again.
      GOCACHE: join(scratch, 'objects'),
      GOMODCACHE: join(scratch, 'modules'),
      GOPATH: join(scratch, 'path'),
      GOTMPDIR: scratch,
      // Else the module cache is read-only and cannot be removed.
      GOFLAGS: `${environment['GOFLAGS'] ?? ''} -modcacherw`.trim(),
      ...(go.fetchesNewer ? { GOTOOLCHAIN: 'auto' } : {}),
    }),
    folder,
    logFile,
    signal,
    onLine,
    onStart,
  })
  if (outcome.succeeded) return
  throw installFailure({
    tool: name,
    doing: `go install ${module}`,
    outcome,
    logFile,
    fix: `Check that the Go module proxy can be reached (GOPROXY and HTTPS_PROXY are passed on), or put a ${name} of your own on PATH, then run this again.`,
  })
}
