import { access, constants, mkdir } from 'node:fs/promises'

import { StackError } from '../stack-error.ts'
import { cacheFolderOf } from './cache-paths.ts'
import { findToolchain } from './find-toolchain.ts'
import { ensureGoProgram, findGo } from './go-programs.ts'
import { ensureLabelStudioSeed } from './label-studio-seed.ts'
import { ensurePythonEnvironment } from './python-environments.ts'
import { selectPython } from './python-selection.ts'
import { toolNames } from './tools.ts'

import type { ToolFinding } from './find-toolchain.ts'
import type { InstallContext, Toolchain, ToolchainProgress, ToolName } from './tools.ts'

export interface EnsureOptions {
  /** Default: UNDERSTUDY_CACHE, else the person's cache folder. */
  readonly cacheFolder?: string | undefined
  readonly onProgress: (event: ToolchainProgress) => void
  readonly signal: AbortSignal
  readonly environment?: NodeJS.ProcessEnv
}

/**
 * Finds the programs the stack needs and installs what is missing, Go builds and Python environments side by side.
 * Reports at least every 5 s while something is being installed. An aborted `signal` ends every started process and
 * removes what is half done. Throws StackError ToolchainFailed or Interrupted.
 */
export async function ensureToolchain<Name extends ToolName>(
  options: EnsureOptions & { readonly only: readonly Name[] },
): Promise<Pick<Toolchain, Name | 'versions'>>
export async function ensureToolchain(options: EnsureOptions): Promise<Toolchain>
export async function ensureToolchain(
  options: EnsureOptions & { readonly only?: readonly ToolName[] },
): Promise<Partial<Toolchain>> {
  const { environment = process.env, onProgress, signal, only = toolNames } = options
  const cacheFolder = options.cacheFolder ?? cacheFolderOf(environment)
  const findings = await findToolchain({ cacheFolder, environment, only })
  const missing = findings.filter((finding) => finding.state === 'missing')
  const installed = await installMissing(missing, { cacheFolder, environment, onProgress, signal })
  const programs: Partial<Record<ToolName, string>> = { ...programsOf(findings), ...installed }
  return { ...programs, versions: Object.fromEntries(findings.map(({ tool, version }) => [tool, version])) }
}

type Programs = Partial<Record<ToolName, string>>

function programsOf(findings: readonly ToolFinding[]): Programs {
  return Object.fromEntries(
    findings.flatMap((finding) => (finding.state === 'found' ? [[finding.tool, finding.program]] : [])),
  )
}

async function installMissing(missing: readonly ToolFinding[], context: InstallContext): Promise<Programs> {
  if (missing.length === 0) return {}
  await requireUsableCache(context.cacheFolder)
  refuseBrokenSetting(missing, context.environment)
  const wants = (name: ToolName) => missing.some(({ tool }) => tool === name)
  const needsPython =
    wants('labelStudio') ||
    wants('labelStudioSeed') ||
    wants('trainer') ||
    (await findGo(context.environment)) === undefined
  // Asked for before anything starts: nobody should wait four minutes to hear that Python is missing.
  const selected = needsPython ? await selectPython(context.environment) : undefined
  const python = async () => selected ?? selectPython(context.environment)
  const programs: Programs = {}
  const lanes = [
    async () => {
      for (const name of ['temporal', 'minio'] as const) {
        if (wants(name)) programs[name] = await ensureGoProgram(name, python, context)
      }
    },
    async () => {
      if (!wants('labelStudio') && !wants('labelStudioSeed')) return
      programs.labelStudio = await ensurePythonEnvironment('labelStudio', python, context)
      if (wants('labelStudioSeed')) {
        programs.labelStudioSeed = await ensureLabelStudioSeed(programs.labelStudio, context)
      }
    },
    async () => {
      if (wants('trainer')) programs.trainer = await ensurePythonEnvironment('trainer', python, context)
    },
  ]
  await allOrFirstFailure(lanes.map((lane) => lane()))
  return programs
}

/** Waits for all, so that what one lane finishes is kept, then throws the first failure; it names the others too. */
async function allOrFirstFailure(lanes: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(lanes)
  const [first, ...others] = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  )
  if (first === undefined) return
  const further = others.filter((other) => other instanceof StackError && other.code !== 'Interrupted')
  if (!(first instanceof StackError) || further.length === 0) throw first
  throw new StackError({
    code: first.code,
    what: first.what,
    why: first.why,
    fix: `${first.fix}\nAlso: ${further.map(String).join('\nAlso: ')}`,
    cause: first,
  })
}

async function requireUsableCache(cacheFolder: string): Promise<void> {
  if (process.platform === 'win32') {
    throw new StackError({
      code: 'ToolchainFailed',
      what: 'The local stack cannot be installed here.',
      why: 'It runs on Linux and macOS; this is Windows.',
      fix: 'Use the Windows Subsystem for Linux.',
    })
  }
  try {
    await mkdir(cacheFolder, { recursive: true })
    await access(cacheFolder, constants.W_OK)
  } catch (cause) {
    throw new StackError({
      code: 'ToolchainFailed',
      what: 'The cache folder cannot be used.',
      why: `${cacheFolder} must be a folder that can be written to (${cause instanceof Error ? cause.message : 'it is not'}).`,
      fix: 'Set UNDERSTUDY_CACHE to the absolute path of such a folder.',
      cause,
    })
  }
}

function refuseBrokenSetting(missing: readonly ToolFinding[], environment: NodeJS.ProcessEnv): void {
  const trainer = missing.find(({ tool }) => tool === 'trainer')
  if (trainer?.state !== 'missing' || (environment['UNDERSTUDY_TRAINER'] ?? '') === '') return
  throw new StackError({
    code: 'ToolchainFailed',
    what: 'The trainer cannot be used.',
    why: `${trainer.reason}.`,
    fix: 'Give the absolute path of a yolo program, or unset UNDERSTUDY_TRAINER to have one installed.',
  })
}
