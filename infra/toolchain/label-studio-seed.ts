import { rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { z } from 'zod'

import { StackError } from '../stack-error.ts'
import { seedEntry } from './cache-paths.ts'
import { installFailure } from './install-failure.ts'
import { installOnce } from './install-once.ts'
import { isReadableFile } from './is-readable-file.ts'
import { startProgress } from './progress.ts'
import { runLogged } from './run-logged.ts'
import { toolEnvironment } from './tool-environment.ts'
import { pythonEnvironments } from './tools.ts'

import type { InstallSite } from './install-once.ts'
import type { CommandOutcome } from './run-logged.ts'
import type { InstallContext } from './tools.ts'

const startMilliseconds = 300_000
const VersionReply = z.object({ release: z.string() })

/**
 * A migrated Label Studio database without any user, from the cache or made by one headless start: copied into a new data
 * folder it spares half a minute of migrations. Answers the path of the SQLite file.
 */
export async function ensureLabelStudioSeed(labelStudio: string, context: InstallContext): Promise<string> {
  const entry = await seedEntry(context.cacheFolder)
  return installOnce(
    entry,
    context,
    async (site) => {
      const progress = startProgress(
        entry.tool,
        'migrating an empty Label Studio database',
        context.onProgress,
      )
      try {
        await migrate(labelStudio, site, context)
        const file = join(site.scratch, 'data', 'label_studio.sqlite3')
        await settle(labelStudio, file, site, context)
        // What stays behind in the scratch folder is a secret key and empty folders, which belong to no project.
        await rename(file, entry.program)
      } finally {
        progress.stop()
      }
    },
    isReadableFile,
  )
}

async function migrate(labelStudio: string, site: InstallSite, context: InstallContext): Promise<void> {
  const port = await freePort()
  const ready = new AbortController()
  const running = runLogged({
    program: labelStudio,
    parameters: ['start', '--no-browser', '--internal-host', '127.0.0.1', '--port', String(port)],
    environment: toolEnvironment(context.environment, {
      LABEL_STUDIO_BASE_DATA_DIR: join(site.scratch, 'data'),
      LABEL_STUDIO_COLLECT_ANALYTICS: '0',
      LABEL_STUDIO_LATEST_VERSION_CHECK: '0',
      LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED: 'false',
      SENTRY_DSN: '',
      FRONTEND_SENTRY_DSN: '',
    }),
    folder: site.folder,
    logFile: site.logFile,
    onStart: site.onStart,
    signal: AbortSignal.any([context.signal, ready.signal]),
  }).catch((error: unknown) => {
    if (ready.signal.aborted && !context.signal.aborted) return undefined
    throw error
  })
  try {
    const ended = await Promise.race([
      running,
      answers(port, AbortSignal.any([context.signal, ready.signal])),
    ])
    if (ended !== undefined) throw startFailure(ended, site.logFile)
  } finally {
    ready.abort()
    await running
  }
}

/** Resolves when Label Studio of the pinned version answers on the port; rejects after five minutes. */
async function answers(port: number, signal: AbortSignal): Promise<undefined> {
  const deadline = performance.now() + startMilliseconds
  while (performance.now() < deadline) {
    if ((await releaseOn(port)) === pythonEnvironments.labelStudio.version) return undefined
    await delay(500, undefined, { signal })
  }
  throw new StackError({
    code: 'ToolchainFailed',
    what: 'Label Studio could not be prepared.',
    why: `It did not answer on its port within ${startMilliseconds / 60_000} minutes of its first start.`,
    fix: 'Run this again when the machine is less busy.',
  })
}

async function releaseOn(port: number): Promise<string | undefined> {
  try {
    const health = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(5_000) })
    if (!health.ok) return undefined
    const reply = await fetch(`http://127.0.0.1:${port}/api/version`, { signal: AbortSignal.timeout(10_000) })
    return VersionReply.parse(await reply.json()).release
  } catch {
    return undefined
  }
}

/** Folds the write-ahead log into the file, and makes sure that the file is whole and holds no user. */
async function settle(
  labelStudio: string,
  file: string,
  site: InstallSite,
  context: InstallContext,
): Promise<void> {
  const script = `
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("pragma wal_checkpoint(truncate)")
database.execute("pragma journal_mode=delete")
assert database.execute("pragma integrity_check").fetchone() == ("ok",)
assert database.execute("select count(*) from htx_user").fetchone() == (0,)
assert database.execute("select count(*) from django_migrations").fetchone()[0] > 100
database.execute("vacuum")
`
  const outcome = await runLogged({
    program: join(labelStudio, '..', 'python'),
    parameters: ['-c', script, file],
    environment: toolEnvironment(context.environment),
    folder: site.folder,
    logFile: site.logFile,
    onStart: site.onStart,
    signal: context.signal,
  })
  if (!outcome.succeeded) throw startFailure(outcome, site.logFile)
}

function startFailure(outcome: CommandOutcome, logFile: string): StackError {
  const fix = 'Run this again; if it fails again, remove the label-studio folder of the cache first.'
  return installFailure({ tool: 'label-studio-seed', doing: 'Its first start', outcome, logFile, fix })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('A TCP port was expected.')
  return address.port
}
