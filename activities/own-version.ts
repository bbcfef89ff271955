import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

const root = fileURLToPath(new URL('..', import.meta.url))

/** This program's version, and its commit when it runs from a git checkout (`-dirty` behind it when files were changed). */
export async function ownVersion(): Promise<{ version: string; commit: string | null }> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text))
  return { version, commit: await ownCommit() }
}

async function ownCommit(): Promise<string | null> {
  // Installed inside somebody else's checkout, git would answer for that one.
  if (!existsSync(join(root, '.git'))) return null
  const describe = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*']
  try {
    const { stdout } = await promisify(execFile)('git', describe, { cwd: root, timeout: 10_000 })
    return stdout.trim()
  } catch {
    // No git, or not a checkout of it.
    return null
  }
}
